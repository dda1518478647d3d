import type { Json } from '../client/encoding.ts'
import { isObject, type JsonObject } from './case.ts'

/** A file of `vectors/`, as its schema.json says. */
export interface VectorFile {
  readonly area: string
  readonly operation: string
  readonly rule: string
  readonly about: string
  readonly vectors: readonly Vector[]
}

export interface Vector {
  readonly name: string
  readonly input: JsonObject
  readonly fill?: readonly { readonly pointer: string; readonly text: string; readonly count: number }[]
  readonly expected?: JsonObject
  readonly error?: string
  readonly catches?: string
}

const found = import.meta.glob<VectorFile>('../vectors/*/*.json', { eager: true, import: 'default' })

export interface PlacedVectors {
  /** `<area>/<file>` without its ending. */
  readonly name: string
  readonly file: VectorFile
}

/** Every file of vectors. A new module adds a folder. */
export const VECTORS: readonly PlacedVectors[] = Object.entries(found)
  .filter(([, file]) => file.operation !== undefined)
  .map(([path, file]) => ({ name: path.replace('../vectors/', '').replace('.json', ''), file }))

function put(value: Json, path: readonly string[], text: string): Json {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (Array.isArray(value)) return value.map((item: Json, at) => (String(at) === step ? put(item, rest, text) : item))
  if (!isObject(value)) throw new TypeError(`nothing to fill at ${step}`)
  return { ...value, [step]: put(value[step] ?? null, rest, text) }
}

/** A vector's input with its long strings in place. */
export function inputOf({ input, fill = [] }: Vector): JsonObject {
  let whole: Json = { input }
  for (const { pointer, text, count } of fill) whole = put(whole, pointer.slice(1).split('/'), text.repeat(count))
  const made = isObject(whole) ? whole.input : undefined
  if (!isObject(made)) throw new TypeError('a vector has an input')
  return made
}
