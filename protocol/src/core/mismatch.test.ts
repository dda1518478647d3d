import { Kind, type TSchema } from '@sinclair/typebox'
import { Errors } from '@sinclair/typebox/errors'
import { Check } from '@sinclair/typebox/value'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAPABILITIES } from '../capabilities.ts'
import { EVENTS } from '../catalogue.ts'
import { describedSchemas } from './capability.ts'
import { KNOWN_KEYWORDS, mismatch } from './mismatch.ts'
import { OneOf, parseAs, Strict } from './schema.ts'
import * as Type from './type.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
const isSchema = (value: unknown): value is TSchema => isObject(value)

/** The schemas inside one, and itself. */
function* within(schema: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (!isObject(schema)) return
  yield schema
  const { anyOf, items, properties, patternProperties } = schema
  yield* within(items)
  for (const inner of [anyOf, properties, patternProperties]) {
    if (isObject(inner)) for (const one of Object.values(inner)) yield* within(one)
  }
}

const contracts = [...CAPABILITIES.values()].flatMap((capability) => {
  const { request_schema, response_schema, stream_schema } = describedSchemas(capability)
  return [request_schema, response_schema, stream_schema].filter(isSchema)
})

const small = fc.integer({ min: 0, max: 4 })
const { schema: anySchema } = fc.letrec<{ schema: TSchema; leaf: TSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    // a missing field of a union with `Unknown` passes there, against JSON Schema's `required`
    fc
      .array(
        tie('schema').filter((one) => one[Kind] !== 'Unknown'),
        { minLength: 2, maxLength: 3 },
      )
      .map((all) => Type.Union(all)),
    fc.tuple(tie('schema'), small).map(([items, maxItems]) => Type.Array(items, { maxItems })),
    tie('schema').map((values) => Type.Record(Type.String(), values)),
    fc
      .record({ a: tie('schema'), b: tie('schema'), strict: fc.boolean() })
      .map(({ a, b, strict }) => (strict ? Strict({ a, b: Type.Optional(b) }) : Type.Object({ a, b: Type.Optional(b) }))),
    tie('schema').map((a) => Type.Partial({ a })),
  ),
  leaf: fc.oneof(
    fc.constant(Type.Null()),
    fc.constant(Type.Boolean()),
    fc.constant(Type.Unknown()),
    fc.constant(OneOf(['a', 'b', ''])),
    small.map((minimum) => Type.Integer({ minimum, maximum: 6 })),
    small.map((minimum) => Type.Number({ minimum })),
    small.map((maxLength) => Type.String({ maxLength, minLength: 1 })),
    fc.constant(Type.String({ pattern: '^[a-c]+$' })),
    fc.oneof(fc.constant('a'), fc.constant(1), fc.constant(true)).map((value) => Type.Literal(value)),
  ),
}))
const likely = fc.oneof(
  fc.constant('a'),
  fc.constant('abc'),
  fc.constant(null),
  fc.constant(true),
  small,
  fc.double(),
  fc.string({ maxLength: 3 }),
)
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  likely,
  fc.array(likely, { maxLength: 4 }),
  fc.record({ a: likely, b: fc.option(likely, { nil: undefined }) }),
  fc.record({ a: fc.record({ a: likely }), b: fc.array(likely) }, { requiredKeys: ['a'] }),
  fc.dictionary(fc.oneof(fc.constant('a'), fc.constant('b'), fc.constant('~/'), fc.constant('toString')), likely),
  fc.jsonValue(),
)

describe('the check of a value against a contract', () => {
  it('says yes and no where the full validator of TypeBox does', () => {
    const answers = new Set<boolean>()
    fc.assert(
      fc.property(anySchema, anyValue, (schema, value) => {
        answers.add(Check(schema, value))
        expect(mismatch(schema, value) === null).toBe(Check(schema, value))
      }),
      { numRuns: 4000 },
    )
    expect(answers.size).toBe(2)
  })

  it('names the place that the full validator names first', () => {
    const strict = Strict({ a: Type.Integer(), list: Type.Array(Strict({ 'x/y~': Type.String() })) })
    const wrong = [
      7,
      {},
      { a: 1 },
      { a: '1', list: [] },
      { a: 1, list: [], more: 1 },
      { a: 1, list: [{ 'x/y~': '' }, { 'x/y~': 1 }] },
    ]
    for (const value of wrong) expect(mismatch(strict, value)).toBe(Errors(strict, value).First()?.path)
    expect(mismatch(strict, wrong.at(-1))).toBe('/list/1/x~1y~0')
  })

  it('is not taken in by what every object inherits', () => {
    const asks = Strict({ toString: Type.Unknown() })
    expect(mismatch(asks, {})).toBe('/toString')
    expect(mismatch(Strict({}), JSON.parse('{"__proto__":1}'))).toBe('/__proto__')
  })

  it('looks at every keyword that any contract uses', () => {
    expect(contracts.length).toBeGreaterThan(20)
    const all = [...contracts, ...[...EVENTS.values()].map(({ data }) => data)]
    const used = new Set(all.flatMap((schema) => [...within(schema)].flatMap((one) => Object.keys(one))))
    expect([...used].filter((keyword) => !KNOWN_KEYWORDS.has(keyword))).toEqual([])
  })

  it('fails with the code of the edge and the pointer of the field', () => {
    expect(() => parseAs(Strict({ a: Type.Null() }), { a: 1 }, 'bad_request')).toThrowError(
      expect.objectContaining({ code: 'bad_request', data: { field: '/a' } }),
    )
    expect(() => parseAs(Type.Null(), 1)).toThrowError(expect.objectContaining({ data: { field: '/' } }))
  })
})
