import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from '../cut/analyse.ts'
import { reading, type TestModel } from './test-model.ts'

/** Folders of `workers/compute/fixtures`. */
export const FIXTURES = ['llama-tied-cpu-int4', 'qwen2-cpu-int4'] as const
export type FixtureName = (typeof FIXTURES)[number]

const fileOf = (name: FixtureName, file: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures', name, file)))

export function fixture(name: FixtureName): TestModel {
  const config = JSON.parse(new TextDecoder().decode(fileOf(name, 'genai_config.json')))
  return {
    decoder: analyse(fileOf(name, 'model.onnx')),
    read: reading(new Map([['model.onnx.data', fileOf(name, 'model.onnx.data')]])),
    config: { hiddenSize: config.model.decoder.hidden_size, headSize: config.model.decoder.head_size },
  }
}
