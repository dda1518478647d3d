import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse, type Decoder } from '../cut/analyse.ts'
import type { ReadRange } from '../cut/weights.ts'

/** Folders of `workers/compute/fixtures`. */
export const FIXTURES = ['llama-tied-cpu-int4', 'qwen2-cpu-int4'] as const
export type FixtureName = (typeof FIXTURES)[number]

const fileOf = (name: FixtureName, file: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures', name, file)))

/** A model as it lies somewhere: its graph, its files by ranges, and what its configuration says. */
export interface TestModel {
  readonly decoder: Decoder
  readonly read: ReadRange
  readonly config: { readonly hiddenSize: number; readonly headSize: number }
}

export function fixture(name: FixtureName): TestModel {
  const config = JSON.parse(new TextDecoder().decode(fileOf(name, 'genai_config.json')))
  return {
    decoder: analyse(fileOf(name, 'model.onnx')),
    read: reading(new Map([['model.onnx.data', fileOf(name, 'model.onnx.data')]])),
    config: { hiddenSize: config.model.decoder.hidden_size, headSize: config.model.decoder.head_size },
  }
}

export const reading =
  (files: ReadonlyMap<string, Uint8Array>): ReadRange =>
  async ({ file, offset, length }) => {
    const bytes = files.get(file)
    if (!bytes) throw new Error(`no file ${file} in this test`)
    return bytes.subarray(offset, offset + length)
  }
