import { describe, expect, it } from 'vitest'
import { CAPABILITIES } from '../capabilities.ts'
import { EVENTS } from '../catalogue.ts'
import { requestSchema } from './capability.ts'
import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'
import { contentIdOf, hashOf } from './hash.ts'
import { wireTime } from './ids.ts'
import { matches, TimeSchema } from './schema.ts'

/** Every field name a schema declares, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'properties' in schema ? Object.keys(schema.properties ?? {}) : []
  return [...own, ...Object.values(schema).flatMap(fieldsOf)]
}

describe('what goes over the wire', () => {
  it('is binary as base64url without padding, read strictly (ENC-3)', () => {
    expect(toBase64Url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
    expect(fromBase64Url('-_8')).toEqual(Uint8Array.of(0xfb, 0xff))
    for (const text of ['-_8=', '+/8', '-_9', '-_8 ']) {
      expect(() => fromBase64Url(text), text).toThrowError(expect.objectContaining({ code: 'bad_request' }))
    }
  })

  it('is time in RFC 3339 with Z and at most milliseconds, on a day there is (ENC-4)', () => {
    const noDays = ['2026-02-30', '2026-04-31', '2025-02-29', '2100-02-29'].map((day) => `${day}T00:00:00Z`)
    for (const time of ['2026-05-26T08:14:22Z', '2026-05-26T08:14:22.123Z', '2024-02-29T00:00:00Z', wireTime(0)]) {
      expect(matches(TimeSchema, time), time).toBe(true)
    }
    for (const time of [
      '2026-05-26T08:14:22+02:00',
      '2026-05-26T08:14:22.1234Z',
      '2026-13-26T08:14:22Z',
      '2026-05-26',
      0,
      ...noDays,
    ]) {
      expect(matches(TimeSchema, time), String(time)).toBe(false)
    }
  })

  it('is hashed with BLAKE3-256 over the canonical form (ENC-5)', () => {
    expect(hashOf(utf8(''))).toBe('blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262')
    expect(contentIdOf({ b: 1, a: 2 })).toBe(hashOf(utf8('{"a":2,"b":1}')))
  })

  it('has field names in snake_case, in every contract (ENC-6)', () => {
    const schemas = [...CAPABILITIES.values()].flatMap((capability) => [
      requestSchema(capability),
      capability.output,
      capability.stream,
    ])
    const names = [...schemas, ...[...EVENTS.values()].map(({ data }) => data)].flatMap(fieldsOf)
    expect(names.length).toBeGreaterThan(100)
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([])
  })
})
