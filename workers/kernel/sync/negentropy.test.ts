import fc from 'fast-check'
import { nip77 } from 'nostr-tools'
import { describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { createNegentropy, type SyncItem } from './negentropy.ts'

const item = (n: number, timestamp = n % 97): SyncItem => ({ timestamp, id: sha256(Uint8Array.of(n & 255, n >> 8, n >> 16)) })

interface Found {
  readonly have: Set<string>
  readonly need: Set<string>
  readonly rounds: number
}

function run(ours: readonly SyncItem[], theirs: readonly SyncItem[], limit = 64 * 1024): Found {
  const opener = createNegentropy(ours, limit)
  const answerer = createNegentropy(theirs, limit)
  const have = new Set<string>()
  const need = new Set<string>()
  let rounds = 0
  for (let message: string | null = opener.initiate(); message !== null; rounds++) {
    const answer = answerer.reconcile(message) ?? '61'
    message = opener.reconcile(
      answer,
      (id) => have.add(toHex(id)),
      (id) => need.add(toHex(id)),
    )
    if (rounds > 200) throw new Error('does not end')
  }
  return { have, need, rounds }
}

const without = (a: readonly SyncItem[], b: readonly SyncItem[]): Set<string> => {
  const ids = new Set(b.map(({ id }) => toHex(id)))
  return new Set(a.map(({ id }) => toHex(id)).filter((id) => !ids.has(id)))
}

describe('negentropy (SYN-2)', () => {
  it('finds exactly the symmetric difference of any two sets', () => {
    const sets = fc.uniqueArray(fc.nat(4000), { maxLength: 600 })
    fc.assert(
      fc.property(sets, sets, fc.constantFrom(4096, 16_384, 262_144), (a, b, limit) => {
        const ours = a.map((n) => item(n))
        const theirs = b.map((n) => item(n))
        const { have, need } = run(ours, theirs, limit)
        expect(have).toEqual(without(ours, theirs))
        expect(need).toEqual(without(theirs, ours))
      }),
      { numRuns: 150 },
    )
  })

  it('tells apart Lamport times beyond 32 bits, up to 2^48', () => {
    const far = [2 ** 31, 2 ** 32 + 5, 2 ** 48 - 1, 2 ** 48].map((timestamp, n) => item(n + 1, timestamp))
    const many = Array.from({ length: 200 }, (_, n) => item(n + 10, 2 ** 40 + n))
    const { have, need } = run([...far, ...many.slice(0, 150)], many)
    expect(have).toEqual(without(far, []))
    expect(need.size).toBe(50)
  })

  it('gives a device that has nothing all there is, in messages of the size agreed', () => {
    const limit = 4096
    const theirs = Array.from({ length: 3000 }, (_, n) => item(n))
    for (const ours of [[], theirs.slice(0, 3), theirs.filter((_, n) => n % 500 === 0)]) {
      const [opener, answerer] = [createNegentropy(ours, limit), createNegentropy(theirs, limit)]
      const need = new Set<string>()
      for (let message: string | null = opener.initiate(); message !== null; ) {
        const answer = answerer.reconcile(message) ?? '61'
        // hex; a cut ends with one bound and one fingerprint
        expect(answer.length).toBeLessThan(2 * (limit + 128))
        message = opener.reconcile(answer, undefined, (id) => need.add(toHex(id)))
      }
      expect(need).toEqual(without(theirs, ours))
    }
  })

  it('says nothing more when the sets are equal, whatever their size', () => {
    const items = Array.from({ length: 5000 }, (_, n) => item(n))
    const { have, need, rounds } = run(items, [...items].reverse())
    expect([have.size, need.size, rounds]).toEqual([0, 0, 1])
  })

  // nostr-tools plays the opener only: as the answerer it never lists its own ids
  it('answers an independent implementation so that it finds both differences', () => {
    const ours = Array.from({ length: 3000 }, (_, n) => item(n))
    const theirs = Array.from({ length: 3000 }, (_, n) => item(n + 40))
    const storage = new nip77.NegentropyStorageVector()
    for (const { timestamp, id } of theirs) storage.insert(timestamp, toHex(id))
    storage.seal()
    const opener = new nip77.Negentropy(storage, 64 * 1024)
    const answerer = createNegentropy(ours, 64 * 1024)
    const have = new Set<string>()
    const need = new Set<string>()
    for (let message: string | null = opener.initiate(); message !== null; ) {
      message = opener.reconcile(
        answerer.reconcile(message) ?? '61',
        (id) => have.add(id),
        (id) => need.add(id),
      )
    }
    expect(need).toEqual(without(ours, theirs))
    expect(have).toEqual(without(theirs, ours))
  })

  it('refuses what it cannot read with bad_request and never hangs', () => {
    const side = createNegentropy(
      Array.from({ length: 100 }, (_, n) => item(n)),
      4096,
    )
    for (const hex of [
      '',
      '60',
      '6100',
      '610000',
      '61000002ffffff',
      `61${'ff'.repeat(12)}`,
      '61000009',
      '6100002101',
      '610000028f',
    ]) {
      expect(() => side.reconcile(hex), hex).toThrowError(expect.objectContaining({ code: 'bad_request' }))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          side.reconcile(`61${toHex(bytes)}`)
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_request' })
        }
      }),
    )
  })
})
