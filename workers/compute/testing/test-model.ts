import type { Decoder } from '../cut/analyse.ts'
import type { ReadRange } from '../cut/weights.ts'

/** A model as it lies somewhere: its graph, its files by ranges, and what its configuration says. */
export interface TestModel {
  readonly decoder: Decoder
  readonly read: ReadRange
  readonly config: { readonly hiddenSize: number; readonly headSize: number }
}

export const reading =
  (files: ReadonlyMap<string, Uint8Array>): ReadRange =>
  async ({ file, offset, length }) => {
    const bytes = files.get(file)
    if (!bytes) throw new Error(`no file ${file} in this test`)
    return bytes.subarray(offset, offset + length)
  }
