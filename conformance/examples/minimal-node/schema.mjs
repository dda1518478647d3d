// protocol/core/encoding.md, "Schemas": the published files, and as much of JSON Schema as they are written in
import { readdirSync, readFileSync } from 'node:fs'
import { Refusal } from './encoding.mjs'

const PUBLISHED = new URL('../../../protocol/generated/schemas/', import.meta.url)
const read = (path) => JSON.parse(readFileSync(new URL(path, PUBLISHED), 'utf8'))
const named = (folder) =>
  new Map(readdirSync(new URL(folder, PUBLISHED)).map((file) => [file.replace(/\.json$/, ''), read(`${folder}${file}`)]))

/** Contracts by name, data of events by type, messages by name. */
export const CONTRACTS = named('capabilities/')
export const EVENTS = named('events/')
export const MESSAGES = named('messages/')

const step = (name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
const within = (n, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) => n >= least && n <= most

const KINDS = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  string: (value, { minLength, maxLength, pattern }) =>
    typeof value === 'string' &&
    within(value.length, minLength, maxLength) &&
    (pattern === undefined || new RegExp(pattern).test(value)),
  number: (value, { minimum, maximum }) => typeof value === 'number' && within(value, minimum, maximum),
  integer: (value, { minimum, maximum }) => Number.isInteger(value) && within(value, minimum, maximum),
  array: (value, { minItems, maxItems }) => Array.isArray(value) && within(value.length, minItems, maxItems),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

function inObject(schema, value, at) {
  const { properties = {}, required = [], patternProperties = {}, additionalProperties } = schema
  if (additionalProperties === false) {
    const foreign = Object.keys(value).find((name) => !Object.hasOwn(properties, name))
    if (foreign !== undefined) return at + step(foreign)
  }
  for (const name of required) if (!Object.hasOwn(value, name)) return at + step(name)
  for (const [name, item] of Object.entries(value)) {
    const fields = Object.entries(patternProperties).filter(([names]) => new RegExp(names).test(name))
    for (const field of [properties[name], ...fields.map(([, one]) => one)]) {
      const found = field && mismatch(field, item, at + step(name))
      if (typeof found === 'string') return found
    }
  }
  return null
}

/** JSON pointer of the first thing that is wrong, or null. */
function mismatch(schema, value, at = '') {
  if (schema.anyOf) return schema.anyOf.some((one) => mismatch(one, value, at) === null) ? null : at
  if ('const' in schema) return value === schema.const ? null : at
  if (schema.type === undefined) return null
  if (!KINDS[schema.type](value, schema)) return at
  if (schema.type === 'object') return inObject(schema, value, at)
  if (schema.type !== 'array' || !schema.items) return null
  for (const [index, item] of value.entries()) {
    const found = mismatch(schema.items, item, `${at}/${index}`)
    if (found !== null) return found
  }
  return null
}

/** @throws Refusal with `data.field` (BUS-8) */
export function requireMatch(schema, value, code) {
  const found = mismatch(schema, value)
  if (found !== null) throw new Refusal(code, `${found || '/'}: does not match`, { data: { field: found || '/' } })
}
