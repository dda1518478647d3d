import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeIdOf } from '../core/ids.ts'
import {
  type Anchor,
  type ChainKind,
  chainLength,
  indexAt,
  isPanicTime,
  isStillSecret,
  leadsToAnchor,
  macOf,
  makeChain,
  perDay,
  saltOf,
  valueAt,
  walkDown,
} from './chain.ts'
import { KEY_BYTES } from './frame.ts'

const STARTS_AT = 1_790_000_000 - (1_790_000_000 % 86_400)
const anna = nodeIdOf(new Uint8Array(32).fill(1))
const salt = saltOf(anna, STARTS_AT)
const seed = new Uint8Array(KEY_BYTES).fill(9)
const days: Partial<Record<ChainKind, Uint8Array<ArrayBuffer>>> = {}
let anchor: Anchor

beforeAll(async () => {
  const key = await makeChain('key', salt, seed, async () => {})
  const panic = await makeChain('panic', salt, seed, async () => {})
  days.key = key.days
  days.panic = panic.days
  anchor = { nodeId: anna, startsAt: STARTS_AT, salt, commitments: { key: key.commitments, panic: panic.commitments } }
})

const value = (kind: ChainKind, index: number) => valueAt(kind, salt, days[kind] ?? new Uint8Array(), index)
const kinds = fc.constantFrom<ChainKind>('key', 'panic')
const places = kinds.chain((kind) => fc.tuple(fc.constant(kind), fc.integer({ min: 0, max: chainLength(kind) - 1 })))

describe('key chains (LOR-8)', () => {
  it('lead from any value to the anchor, and no other value does', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: KEY_BYTES * 8 - 1 }), ([kind, index], bit) => {
        const right = value(kind, index)
        expect(leadsToAnchor(anchor, kind, index, right)).toBe(true)
        const wrong = right.slice()
        wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(leadsToAnchor(anchor, kind, index, wrong)).toBe(false)
        expect(leadsToAnchor(anchor, kind, index - 1, right)).toBe(false)
        expect(leadsToAnchor(anchor, kind, index + 1, right)).toBe(false)
        expect(leadsToAnchor(anchor, kind === 'key' ? 'panic' : 'key', index, right)).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it('give every earlier value to whoever has a later one, across days too', () => {
    fc.assert(
      fc.property(kinds, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }), (kind, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)]
        expect(walkDown(kind, salt, late, value(kind, late), early)).toEqual(value(kind, early))
      }),
      { numRuns: 20 },
    )
  })

  it('are checked from a known value on, and against the anchor where that is of another day', () => {
    const known = { index: 300, value: value('key', 300) }
    expect(leadsToAnchor(anchor, 'key', 302, value('key', 302), known)).toBe(true)
    expect(leadsToAnchor(anchor, 'key', 302, value('key', 303), known)).toBe(false)
    expect(leadsToAnchor(anchor, 'key', 600, value('key', 600), known)).toBe(true)
    expect(leadsToAnchor(anchor, 'key', 299, value('key', 299), known)).toBe(true)
  })

  it('are of no use to another member, nor with another start', () => {
    const bert = nodeIdOf(new Uint8Array(32).fill(2))
    expect(leadsToAnchor({ ...anchor, salt: saltOf(bert, STARTS_AT) }, 'key', 5, value('key', 5))).toBe(false)
    expect(leadsToAnchor({ ...anchor, salt: saltOf(anna, STARTS_AT + 86_400) }, 'key', 5, value('key', 5))).toBe(false)
  })

  it('end: before the first and after the last interval nothing is theirs', () => {
    expect(leadsToAnchor(anchor, 'key', -1, seed)).toBe(false)
    expect(leadsToAnchor(anchor, 'key', chainLength('key'), seed)).toBe(false)
    expect(indexAt('key', STARTS_AT, STARTS_AT - 1)).toBe(-1)
    expect(perDay('key')).toBe(288)
    expect(perDay('panic')).toBe(96)
  })
})

describe('times (LOR-7, LOR-9)', () => {
  it('a key counts as secret only while a sender 120 s ahead has not disclosed it', () => {
    // interval 4 lasts from 1200 to 1500; its key leaves with the first frame from 1800 on
    expect(isStillSecret(STARTS_AT, 4, STARTS_AT + 1200)).toBe(true)
    expect(isStillSecret(STARTS_AT, 4, STARTS_AT + 1679)).toBe(true)
    expect(isStillSecret(STARTS_AT, 4, STARTS_AT + 1680)).toBe(false)
    expect(isStillSecret(STARTS_AT, 4, STARTS_AT + 9999)).toBe(false)
  })

  it('a panic token holds in its quarter of an hour, give or take 120 s', () => {
    const at = (seconds: number) => isPanicTime(STARTS_AT, 1, STARTS_AT + seconds)
    expect([at(779), at(780), at(900), at(1799), at(1919), at(1920)]).toEqual([false, true, true, true, true, false])
  })
})

describe('MACs (LOR-7)', () => {
  it('differ for every head, every disclosed value and every key', () => {
    const head = new Uint8Array(13)
    const macs = [
      macOf(salt, 1, value('key', 1), head, value('key', 0)),
      macOf(
        salt,
        1,
        value('key', 1),
        head.map((_, at) => (at === 6 ? 1 : 0)),
        value('key', 0),
      ),
      macOf(salt, 1, value('key', 1), head, value('key', 2)),
      macOf(salt, 2, value('key', 1), head, value('key', 0)),
      macOf(salt, 1, value('key', 2), head, value('key', 0)),
      macOf(saltOf(anna, 0), 1, value('key', 1), head, value('key', 0)),
    ]
    expect(new Set(macs.map(String)).size).toBe(macs.length)
    for (const mac of macs) expect(mac).toHaveLength(8)
  })
})
