import type { JsonObject, JsonValue } from '#protocol/core/json.ts'
import type { Vector } from './format.ts'

/** What this implementation does with an input: what comes out, or a HearthError. One for each operation of an area. */
export type Proofs = Readonly<Record<string, (input: never) => unknown>>

// by glob: what proves imports the node, and the node finds its modules in this way, too
const found = import.meta.glob<Proofs>('./*/proof.ts', { import: 'proofs' })

/** What proves the vectors of an area. */
export async function proofsOf(area: string): Promise<Proofs> {
  const load = found[`./${area}/proof.ts`]
  if (!load) throw new TypeError(`nothing proves the vectors of ${area}`)
  return load()
}

/** Sets a string deep inside a copy of a value. */
function filled(value: JsonValue, path: readonly string[], text: string): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return text
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === step ? filled(item, rest, text) : item))
  if (typeof value !== 'object' || value === null) throw new TypeError(`nothing to fill at ${step}`)
  return { ...value, [step]: filled(Object.entries(value).find(([name]) => name === step)?.[1] ?? null, rest, text) }
}

/** A vector's input with its long strings in place. */
export function inputOf({ input, fill = [] }: Pick<Vector, 'input' | 'fill'>): JsonObject {
  let whole: JsonValue = { input }
  for (const { pointer, text, count } of fill) whole = filled(whole, pointer.slice(1).split('/'), text.repeat(count))
  // only strings inside were set
  return (whole as { readonly input: JsonObject }).input
}
