import type { TSchema } from '@sinclair/typebox'
import { matches } from '#protocol/core/schema.ts'
import type { Json } from '../client/encoding.ts'
import { isObject, type JsonObject } from './case.ts'

/** An input that a schema does not allow, and what is wrong with it. */
export interface WrongInput {
  readonly what: string
  readonly input: Json
}

const at = (schema: unknown, name: string): unknown => (isObject(schema) ? schema[name] : undefined)

/** Values of other kinds than a schema asks for, and values just outside its bounds. */
function wrongValues(schema: unknown, right: Json): readonly (readonly [string, Json])[] {
  const found: (readonly [string, Json])[] = [
    ['null', null],
    ['a number', 7.5],
    ['a list', [1]],
    ['an object', { nothing: 'known' }],
  ]
  const [longest, shortest, most, least] = [
    at(schema, 'maxLength'),
    at(schema, 'minLength'),
    at(schema, 'maximum'),
    at(schema, 'minimum'),
  ]
  if (typeof longest === 'number' && longest < 100_000) found.push([`${longest + 1} characters`, 'x'.repeat(longest + 1)])
  if (typeof shortest === 'number' && shortest > 0) found.push(['too short', 'x'.repeat(shortest - 1)])
  if (typeof at(schema, 'pattern') === 'string') found.push(['of another form', 'not that form'])
  if (typeof most === 'number' && most < Number.MAX_SAFE_INTEGER) found.push([`${most + 1}`, most + 1])
  if (typeof least === 'number') found.push([`${least - 1}`, least - 1])
  if (typeof right === 'string') found.push(['a number for a text', 1])
  if (typeof right === 'number') found.push(['a text for a number', String(right)])
  if (typeof right === 'boolean') found.push(['a text for a truth', String(right)])
  return found
}

/** Inputs that differ from a right one in one place each and that the schema refuses, most telling first. */
export function wrongInputs(schema: TSchema, right: Json): readonly WrongInput[] {
  const found: WrongInput[] = []
  const add = (what: string, input: Json): void => {
    if (!matches(schema, input) && !found.some((known) => known.what === what)) found.push({ what, input })
  }
  if (isObject(right)) {
    add('an unknown field', { ...right, nobody_defined_this: true })
    const properties = at(schema, 'properties')
    for (const name of isObject(properties) ? Object.keys(properties) : Object.keys(right)) {
      const { [name]: value, ...rest }: JsonObject = right
      if (value !== undefined) add(`no ${name}`, rest)
      for (const [what, wrong] of wrongValues(at(properties, name), value ?? null))
        add(`${name} ${what}`, { ...right, [name]: wrong })
    }
  }
  add('null', null)
  add('a list', [])
  add('a text', 'text')
  return found
}
