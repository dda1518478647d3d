import { HearthError } from '#protocol/core/errors.ts'
import { fromHalves } from '../onnx/half.ts'

/** What computes: a graphics card, a processor through WebAssembly, or the plain twin that tests compare with. */
export type BackendKind = 'webgpu' | 'wasm' | 'reference'

export type Numbers = Float32Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array

/** A tensor where its backend keeps it. */
export interface Value {
  /** ONNX element type. */
  readonly element: number
  readonly dims: readonly number[]
  /** Half precision comes as the bits of each number. */
  read(): Promise<Numbers>
  dispose(): void
}

/** A graph with its weights, ready to run. */
export interface Program {
  /** @throws Error of the backend; the values in `inputs` stay the caller's, those that come out become so */
  run(inputs: ReadonlyMap<string, Value>): Promise<ReadonlyMap<string, Value>>
  release(): Promise<void>
}

export interface LoadOptions {
  /** Outputs that stay where they are made: a cache is never brought to the processor and back. */
  readonly keep: readonly string[]
}

/** Runs graphs, one at a time in the order asked for. */
export interface Backend {
  readonly kind: BackendKind
  /** Settles when its device is gone for good; absent where that cannot happen. */
  readonly lost?: Promise<unknown>
  value(element: number, dims: readonly number[], data: Numbers): Value
  load(graph: Uint8Array, weights: Uint8Array | Blob, options: LoadOptions): Promise<Program>
}

/** @throws HearthError `internal_error` for whole numbers */
export function floatsOf(numbers: Numbers): Float32Array {
  if (numbers instanceof Float32Array) return numbers
  if (numbers instanceof Uint16Array) return fromHalves(numbers)
  throw new HearthError('internal_error', 'a stream of whole numbers')
}
