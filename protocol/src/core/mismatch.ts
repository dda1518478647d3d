import type { TSchema } from '@sinclair/typebox'
import { HearthError } from './errors.ts'

/**
 * The part of JSON Schema that our contracts are written in (`type.ts`). A validator that knows all of TypeBox weighs more
 * than everything else that a page needs of the protocol; a test holds this one to the same answers.
 */
interface Schema {
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly type?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

/** Every keyword that is looked at; `description` and `default` are for people. */
export const KNOWN_KEYWORDS: ReadonlySet<string> = new Set([
  ...['anyOf', 'const', 'type', 'minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'items', 'minItems', 'maxItems'],
  ...['properties', 'required', 'additionalProperties', 'patternProperties', 'description', 'default'],
])

const patterns = new Map<string, RegExp>()

function patternOf(source: string): RegExp {
  const known = patterns.get(source)
  if (known) return known
  const pattern = new RegExp(source)
  patterns.set(source, pattern)
  return pattern
}

const within = (n: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): boolean =>
  n >= least && n <= most

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One step of a JSON pointer (RFC 6901). */
const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

function inText(schema: Schema, value: unknown, at: string): string | null {
  if (typeof value !== 'string' || !within(value.length, schema.minLength, schema.maxLength)) return at
  return schema.pattern === undefined || patternOf(schema.pattern).test(value) ? null : at
}

function inNumber(schema: Schema, value: unknown, at: string): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return at
  if (schema.type === 'integer' && !Number.isInteger(value)) return at
  return within(value, schema.minimum, schema.maximum) ? null : at
}

function inArray(schema: Schema, value: unknown, at: string): string | null {
  if (!Array.isArray(value) || !within(value.length, schema.minItems, schema.maxItems)) return at
  const { items } = schema
  if (!items) return null
  for (const [index, item] of value.entries()) {
    const found = find(items, item, `${at}/${index}`)
    if (found !== null) return found
  }
  return null
}

/** The first field that does not belong, that is missing, or that does not match. */
function inObject(schema: Schema, value: unknown, at: string): string | null {
  if (!isRecord(value)) return at
  const { properties = {}, required = [] } = schema
  if (schema.additionalProperties === false) {
    const foreign = Object.keys(value).find((name) => !Object.hasOwn(properties, name))
    if (foreign !== undefined) return at + step(foreign)
  }
  for (const [name, field] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name)
    if (!given && required.includes(name)) return at + step(name)
    // as JSON would write it: a field that is undefined is not there
    if (!given || (value[name] === undefined && !required.includes(name))) continue
    const found = find(field, value[name], at + step(name))
    if (found !== null) return found
  }
  return inNamed(schema, value, at)
}

function inNamed({ patternProperties = {} }: Schema, value: Readonly<Record<string, unknown>>, at: string): string | null {
  for (const [names, field] of Object.entries(patternProperties)) {
    for (const [name, inner] of Object.entries(value)) {
      if (!patternOf(names).test(name)) continue
      const found = find(field, inner, at + step(name))
      if (found !== null) return found
    }
  }
  return null
}

function find(schema: Schema, value: unknown, at: string): string | null {
  if (schema.anyOf) return schema.anyOf.some((one) => find(one, value, at) === null) ? null : at
  if ('const' in schema) return value === schema.const ? null : at
  switch (schema.type) {
    case undefined:
      return null
    case 'null':
      return value === null ? null : at
    case 'boolean':
      return typeof value === 'boolean' ? null : at
    case 'string':
      return inText(schema, value, at)
    case 'integer':
    case 'number':
      return inNumber(schema, value, at)
    case 'array':
      return inArray(schema, value, at)
    case 'object':
      return inObject(schema, value, at)
    default:
      throw new HearthError('internal_error', `no contract may say ${schema.type}`)
  }
}

/** JSON pointer of the first place where `value` differs from `schema`; an empty one is the whole; null when it matches. */
export const mismatch = (schema: TSchema, value: unknown): string | null => find(schema as Schema, value, '') // TypeBox's type of all schemas tells no keywords; a test knows which there are
