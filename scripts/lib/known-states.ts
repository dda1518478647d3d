import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toBase64Url } from '#protocol/core/encoding.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { ortInNode } from '../../workers/compute/testing/ort-node.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { computeHere } from '../../workers/modules/distributed-inference/testing/devices.ts'
import { packTensor, unpackTensor } from '../../workers/transport/tensor/dtype.ts'

/** What layers of the demonstration model make of a conversation, for cases that ask a node the same. Elements are base64url. */
export interface KnownStates {
  readonly model: string
  readonly weights_sha256: string
  readonly width: number
  /** Tokens of each step: what goes through together is rounded together (dynamic int8). */
  readonly steps: readonly number[]
  /** fp16, [tokens, width]. */
  readonly given: string
  /** fp32, [tokens, width], for each run of layers. */
  readonly made: readonly { readonly from: number; readonly to: number; readonly hidden: string }[]
}

const STEPS = [3, 1, 2]
const RUNS = [
  { from: 0, to: 5 },
  { from: 2, to: 3 },
]
const FOLDER = join(import.meta.dirname, '../../public/models', DISTRIBUTED_LLM_DEMONSTRATION_MODEL)
export const KNOWN_STATES = join(import.meta.dirname, '../../conformance/client/known-states.json')

/** Computed by ONNX Runtime in this process. */
export async function makeKnownStates(): Promise<KnownStates> {
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx']
  const files = new Map(
    await Promise.all(names.map(async (name) => [name, new Uint8Array(await readFile(join(FOLDER, name)))] as const)),
  )
  const model = DISTRIBUTED_LLM_DEMONSTRATION_MODEL
  const compute = computeHere({ runtime: createRealRuntime(), backend: ortInNode(), models: new Map([[model, files]]) })
  const { weightsHash, hiddenSize: width } = await compute.describe(model)
  const tokens = STEPS.reduce((sum, step) => sum + step, 0)
  const waves = Float32Array.from({ length: tokens * width }, (_, at) => Math.sin((at + 1) * 0.7) * 0.5)
  // what half precision has, so that it is the same whichever way it goes
  const given = packTensor(waves, [tokens, width], 'fp16')
  const { values } = unpackTensor(given)

  const made: KnownStates['made'][number][] = []
  for (const { from, to } of RUNS) {
    const range = { model, first: from, end: to + 1 }
    await compute.load(model, range)
    const hidden = new Float32Array(values.length)
    let position = 0
    for (const step of STEPS) {
      const rows = values.slice(position * width, (position + step) * width)
      hidden.set(await compute.forward({ ...range, sequence: 'known', position, hidden: rows }), position * width)
      position += step
    }
    made.push({ from, to, hidden: toBase64Url(packTensor(hidden, [tokens, width], 'fp32').bytes) })
  }
  return { model, weights_sha256: weightsHash, width, steps: STEPS, given: toBase64Url(given.bytes), made }
}
