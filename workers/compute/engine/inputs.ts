import { HearthError } from '#protocol/core/errors.ts'
import { HIDDEN_IN } from '../cut/analyse.ts'
import type { Shard } from '../cut/cut.ts'
import { halvesOf } from '../onnx/half.ts'
import { ELEMENT } from '../onnx/model.ts'
import type { Backend, Value } from './backend.ts'
import type { ModelShape } from './shape.ts'
import type { Adapter, Step } from './shard-runner.ts'

/** Makes what goes into a shard's graph, in the element types of its inputs. */
export interface Inputs {
  /** Whole numbers, as ONNX wants tokens, positions and masks. */
  ints(dims: readonly number[], numbers: Iterable<number>): Value
  /** The residual stream: `count` tokens of each of `rows` conversations. */
  hidden(rows: number, count: number, numbers: Float32Array): Value
  /** One matrix of an adapter. */
  branch(name: string): Value
  /**
   * One input for a step of a single conversation of which `past` tokens are known; of its cache only an empty one.
   * @throws HearthError `bad_request` for what a step of this kind cannot fill
   */
  single(name: string, past: number, step: Step, count: number): Value
}

interface InputsDeps {
  readonly backend: Backend
  readonly shard: Pick<Shard, 'inputs' | 'elements' | 'adapterRows'>
  readonly shape: ModelShape
  readonly adapter: Adapter | undefined
}

export function createInputs({ backend, shard, shape, adapter }: InputsDeps): Inputs {
  const floats = (name: string, dims: readonly number[], numbers: Float32Array): Value => {
    const element = shard.elements.get(name) ?? ELEMENT.float32
    return backend.value(element, dims, element === ELEMENT.float16 ? halvesOf(numbers) : numbers)
  }
  const ints = (dims: readonly number[], numbers: Iterable<number>): Value =>
    backend.value(ELEMENT.int64, dims, BigInt64Array.from([...numbers].map(BigInt)))
  const hidden = (rows: number, count: number, numbers: Float32Array): Value =>
    floats(HIDDEN_IN, [rows, count, shape.hiddenSize], numbers)

  /** Without an adapter one column of zeros: no column at all fails on WebGPU. */
  function branch(name: string): Value {
    const matrix = adapter?.get(name)
    const rows = shard.adapterRows.get(name) ?? 0
    return floats(name, matrix?.dims ?? (name.endsWith('.A') ? [rows, 1] : [1, rows]), matrix?.data ?? new Float32Array(rows))
  }

  function single(name: string, past: number, step: Step, count: number): Value {
    if (name === HIDDEN_IN && step.kind === 'hidden') return hidden(1, count, step.hidden)
    // what a shard without the embedding asks of tokens is only how many there are
    if (name === 'input_ids') return ints([1, count], step.kind === 'tokens' ? step.tokens : Array(count).fill(0))
    if (name === 'attention_mask') return ints([1, past + count], Array(past + count).fill(1))
    if (name === 'position_ids')
      return ints(
        [1, count],
        Array.from({ length: count }, (_, index) => past + index),
      )
    if (name.startsWith('lora.')) return branch(name)
    if (name.startsWith('past_key_values.')) return floats(name, [1, shape.kvHeads, 0, shape.headSize], new Float32Array(0))
    throw new HearthError('bad_request', `a shard that begins with ${shard.inputs[0]} cannot take ${step.kind}`)
  }

  return { ints, hidden, branch, single }
}
