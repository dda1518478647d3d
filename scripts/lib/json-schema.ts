/** As much of JSON Schema 2020-12 as `conformance/vectors/schema.json` is written in. */
export interface JsonSchema {
  readonly $ref?: string
  readonly const?: unknown
  readonly type?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly minItems?: number
  readonly items?: JsonSchema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

const KNOWN = new Set([
  ...[
    '$schema',
    '$id',
    '$defs',
    '$ref',
    'title',
    'description',
    'const',
    'type',
    'pattern',
    'minLength',
    'minimum',
    'minItems',
  ],
  ...['items', 'required', 'properties', 'additionalProperties', 'oneOf', 'anyOf', 'not'],
])

function resolve(root: JsonSchema, ref: string): JsonSchema {
  let place: unknown = root
  for (const step of ref.slice(2).split('/')) place = Reflect.get(Object(place), step)
  if (typeof place !== 'object' || place === null) throw new TypeError(`${ref} leads nowhere`)
  return place
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function ofObject(root: JsonSchema, schema: JsonSchema, value: object, at: string): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema
  return [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}: lacks ${name}`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const field = properties[name]
      if (field) return faultsOf(root, field, item, `${at}/${name}`)
      return additionalProperties ? [] : [`${at}: has ${name}`]
    }),
  ]
}

function ofOne(schema: JsonSchema, value: unknown, at: string): string[] {
  const faults: string[] = []
  const { type, pattern, minLength = 0, minimum = Number.NEGATIVE_INFINITY, minItems = 0 } = schema
  if ('const' in schema && value !== schema.const) faults.push(`${at}: is not ${JSON.stringify(schema.const)}`)
  if (type !== undefined && typeOf(value) !== type) faults.push(`${at}: is ${typeOf(value)} and not ${type}`)
  if (
    typeof value === 'string' &&
    (value.length < minLength || (pattern !== undefined && !new RegExp(pattern, 'u').test(value)))
  ) {
    faults.push(`${at}: ${JSON.stringify(value)} does not match`)
  }
  if (typeof value === 'number' && value < minimum) faults.push(`${at}: is too small`)
  if (Array.isArray(value) && value.length < minItems) faults.push(`${at}: has too few`)
  return faults
}

function faultsOf(root: JsonSchema, schema: JsonSchema, value: unknown, at: string): string[] {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword))
  if (unknown !== undefined) throw new TypeError(`the keyword ${unknown} is not known here`)
  const fits = (one: JsonSchema): boolean => faultsOf(root, one, value, at).length === 0
  const faults = ofOne(schema, value, at)
  if (schema.$ref !== undefined) faults.push(...faultsOf(root, resolve(root, schema.$ref), value, at))
  if (schema.items && Array.isArray(value)) {
    const { items } = schema
    faults.push(...value.flatMap((item, index) => faultsOf(root, items, item, `${at}/${index}`)))
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) faults.push(...ofObject(root, schema, value, at))
  if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) faults.push(`${at}: fits not exactly one`)
  if (schema.anyOf && !schema.anyOf.some(fits)) faults.push(`${at}: fits none`)
  if (schema.not && fits(schema.not)) faults.push(`${at}: is what it must not be`)
  return faults
}

/** What is wrong with a value by a schema, each with a JSON pointer; nothing when it is right. */
export const mismatches = (schema: JsonSchema, value: unknown): readonly string[] => faultsOf(schema, schema, value, '')
