import type * as Ort from 'onnxruntime-web/wasm'
import { HearthError } from '#protocol/core/errors.ts'
import { createTurn } from '../../kernel/turn.ts'
import { WEIGHTS_FILE } from '../cut/cut.ts'
import { ELEMENT } from '../onnx/model.ts'
import type { Backend, Numbers, Value } from './backend.ts'

/** Any of the library's builds. */
export type OrtLibrary = Pick<typeof Ort, 'InferenceSession' | 'Tensor' | 'env'>

interface OrtValue extends Value {
  readonly tensor: Ort.Tensor
}

const TYPES = {
  [ELEMENT.float32]: 'float32',
  [ELEMENT.float16]: 'float16',
  [ELEMENT.int64]: 'int64',
  [ELEMENT.int32]: 'int32',
  [ELEMENT.uint8]: 'uint8',
  [ELEMENT.int8]: 'int8',
} as const
const elementOf = (type: string): number => Number(Object.entries(TYPES).find(([, name]) => name === type)?.[0] ?? 0)

const isOrtValue = (value: Value): value is OrtValue => 'tensor' in value

/**
 * ONNX Runtime Web as a backend, in whichever build `library` is. Everything takes turns: overlapping runs freeze a page on
 * WebGPU, and two sessions created at once get each other's weights, since the library keeps external data by its name.
 * @param aborted called when WebAssembly has trapped: nobody knows what state its memory is in, for all sessions there are. Memory
 * that does not suffice for a run is no such thing: the run fails, and the next one goes.
 */
export function createOrtBackend(library: OrtLibrary, kind: 'webgpu' | 'wasm', aborted: () => void = () => undefined): Backend {
  const turn = createTurn()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> =>
    turn(task).catch((error: unknown) => {
      if (error instanceof WebAssembly.RuntimeError) aborted()
      throw error
    })
  const wrap = (tensor: Ort.Tensor): OrtValue => ({
    tensor,
    element: elementOf(tensor.type),
    dims: tensor.dims,
    read: async () => numbersOf(await tensor.getData()),
    dispose: () => tensor.dispose(),
  })

  return {
    kind,
    value(element, dims, data) {
      const type = Object.entries(TYPES).find(([number]) => Number(number) === element)?.[1]
      if (type === undefined) throw new HearthError('not_implemented', `no tensors of ONNX element type ${element} here`)
      return wrap(new library.Tensor(type, data, dims))
    },
    async load(graph, weights, { keep }) {
      const session = await inTurn(() =>
        library.InferenceSession.create(graph, {
          executionProviders: [kind],
          externalData: [{ path: WEIGHTS_FILE, data: weights }],
          graphOptimizationLevel: 'all',
          // its warnings are for who builds it: that shape arithmetic stays on the processor is meant so
          logSeverityLevel: 3,
          ...(kind === 'webgpu' && { preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, 'gpu-buffer'])) }),
        }),
      )
      return {
        async run(inputs) {
          const feeds = Object.fromEntries(
            [...inputs].map(([name, value]) => {
              if (!isOrtValue(value)) throw new HearthError('internal_error', `${name} is of another backend`)
              return [name, value.tensor]
            }),
          )
          const made = await inTurn(() => session.run(feeds))
          return new Map(Object.entries(made).map(([name, tensor]) => [name, wrap(tensor)]))
        },
        release: () => inTurn(() => session.release()),
      }
    },
  }
}

/** Half precision is read by its bits, also where the library has Float16Array. */
function numbersOf(data: Ort.Tensor.DataType): Numbers {
  if (Array.isArray(data)) throw new HearthError('internal_error', 'a tensor of text')
  if (data instanceof Float32Array || data instanceof Uint16Array || data instanceof BigInt64Array) return data
  if (data instanceof Int32Array || data instanceof Uint8Array || data instanceof Int8Array) return data
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
}
