import { matches } from '#protocol/core/schema.ts'
import { ModelIdSchema } from '#protocol/distributed-inference/schemas.ts'

export const isModelName = (text: string): boolean => matches(ModelIdSchema, text)

/** A name that a folder or an address suggests: its last part, without what names cannot have; empty where nothing is left. */
export function nameFrom(path: string): string {
  const parts =
    path
      .split(/[?#]/)[0]
      ?.split('/')
      .filter((part) => part !== '' && !/^(onnx|resolve|main)$/.test(part)) ?? []
  return (parts.at(-1) ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 96)
}
