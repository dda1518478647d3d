import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromBase64Url } from '#protocol/core/encoding.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { disclosedBy, indexAt, isStillSecret, macOf, saltOf, valueAt } from '#protocol/lora/chain.ts'
import { LORA_MAX_CLOCK_ERROR_SECONDS, LORA_PENDING_PER_INTERVAL_MAX } from '#protocol/lora/constants.ts'
import { chainAnchored } from '#protocol/lora/events.ts'
import { encodeHead, type Frame, senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags } from '#protocol/lora/records.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createAnchors } from './anchors.ts'
import { createProver, type Prover, type Verdict } from './prover.ts'
import { createWindows, NO_WINDOWS, WindowsSchema } from './replay-window.ts'
import { createBoard, createPlainShelf, midnightOf, person, shortChain } from './testing/stations.ts'

const runtime = createSeededRuntime(11)
const STARTS_AT = midnightOf(runtime)
const ANNA = person(1)
const NONE: Flags = { panic: false, ok: false, gateway: false, low_battery: false }
const board = createBoard()
let keys: Uint8Array<ArrayBuffer>
let panics: Uint8Array<ArrayBuffer>

beforeAll(() => {
  const { anchored, stored } = shortChain(runtime, ANNA, STARTS_AT, 3)
  board.publish(ANNA, anchored)
  keys = fromBase64Url(stored.keys)
  panics = fromBase64Url(stored.panics)
})

function seal(at: number, sequence: number, flags: Partial<Flags> = {}): Extract<Frame, { version: 2 }> {
  const salt = saltOf(ANNA, STARTS_AT)
  const head = { version: 2 as const, senderHash: senderHashOf(ANNA), sequence, flags: { ...NONE, ...flags }, unixSeconds: at }
  const index = indexAt('key', STARTS_AT, at)
  const key = head.flags.panic
    ? valueAt('panic', salt, panics, indexAt('panic', STARTS_AT, at))
    : valueAt('key', salt, keys, disclosedBy(index))
  return { ...head, key, mac: macOf(salt, index, valueAt('key', salt, keys, index), encodeHead(head), key) }
}

/** A receiver that can be switched off and on. */
function receiver(isMember = () => true) {
  const shelf = createPlainShelf()
  const decided = new Map<number, Verdict[]>()
  const note = (tag: number, verdict: Verdict): void => void decided.set(tag, [...(decided.get(tag) ?? []), verdict])
  const open = async (): Promise<Prover<number>> =>
    createProver<number>({
      anchors: createAnchors(board.view, isMember),
      windows: createWindows(await shelf.open('lora.windows', WindowsSchema, NO_WINDOWS)),
      random: () => (runtime.randomBytes(1)[0] ?? 0) / 256,
      settled: note,
    })
  return {
    open,
    decided,
    judge(prover: Prover<number>, frame: Frame, at: number, tag: number) {
      note(tag, prover.judge(frame, at, tag))
    },
    last: (tag: number) => decided.get(tag)?.at(-1),
  }
}

const DAY = STARTS_AT + 43_200

describe('what a receiver believes (LOR-7 to LOR-10)', () => {
  it('whatever is delayed, repeated, lost or restarted: each frame is proven at most once, and only if it came in time', async () => {
    const steps = fc.array(
      fc.record({
        beacon: fc.integer({ min: 0, max: 9 }),
        delay: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 3000 })),
        restart: fc.boolean(),
      }),
      { minLength: 1, maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const { open, judge, decided } = receiver()
        let prover = await open()
        const arrivals = list
          .map(({ beacon, delay, restart }) => ({ beacon, restart, at: DAY + beacon * 600 + delay }))
          .sort((a, b) => a.at - b.at)
        for (const [tag, { beacon, at, restart }] of arrivals.entries()) {
          if (restart) prover = await open()
          judge(prover, seal(DAY + beacon * 600, beacon), at, tag)
        }
        const proven = [...decided].filter(([, verdicts]) => verdicts.some(({ proof }) => proof === 'proven'))
        const beacons = proven.map(([tag]) => arrivals[tag]?.beacon)
        expect(new Set(beacons).size).toBe(beacons.length)
        for (const [tag, verdicts] of proven) {
          const { beacon = 0, at = 0 } = arrivals[tag] ?? {}
          expect(isStillSecret(STARTS_AT, indexAt('key', STARTS_AT, DAY + beacon * 600), at)).toBe(true)
          // once it is decided, nothing takes it back
          expect(verdicts.at(-1)?.proof).toBe('proven')
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a flood under the key of a true frame thins it out at random and does not exclude it', async () => {
    const { open, judge, last, decided } = receiver()
    const prover = await open()
    const truth = seal(DAY, 1)
    judge(prover, truth, DAY + 1, 0)
    const flood = LORA_PENDING_PER_INTERVAL_MAX - 1
    for (let tag = 1; tag <= flood; tag++) {
      judge(prover, { ...truth, sequence: tag + 1, mac: runtime.randomBytes(8) }, DAY + 2, tag)
    }
    judge(prover, seal(DAY + 600, 2), DAY + 601, 9999)
    expect(last(0)).toEqual({ proof: 'proven', doubt: null, nodeId: ANNA })
    const others = [...decided].filter(([tag]) => tag > 0 && tag < 9999).map(([, verdicts]) => verdicts.at(-1)?.doubt)
    expect(new Set(others)).toEqual(new Set(['forged']))
    expect(prover.waiting()).toBe(1)
  })

  it('a call for help proves itself once, also after a restart, and every frame of a burst is known for what it is (LOR-9)', async () => {
    const { open, judge, last } = receiver()
    const first = await open()
    const burst = [0, 1, 2].map((at) => seal(DAY + at, 5 + at, { panic: true }))
    expect(first.isTruePanic(burst[0] as Frame, DAY)).toBe(true)
    for (const [tag, frame] of burst.entries()) judge(first, frame, DAY + tag, tag)
    expect([last(0)?.proof, last(1)?.proof, last(2)?.proof]).toEqual(['proven', 'pending', 'pending'])
    expect(first.isTruePanic(burst[0] as Frame, DAY + 5)).toBe(false)
    const again = await open()
    expect(again.isTruePanic(burst[0] as Frame, DAY + 5)).toBe(false)
    // a quarter of an hour later there is a new token
    expect(again.isTruePanic(seal(DAY + 900, 9, { panic: true }), DAY + 900)).toBe(true)
    judge(first, seal(DAY + 900, 9), DAY + 900, 10)
    expect([last(1)?.proof, last(2)?.proof]).toEqual(['proven', 'proven'])
  })

  it('a receiver whose clock is ahead loses proofs, never believes wrongly; one that hears the future says so', async () => {
    const { open, judge, last } = receiver()
    const prover = await open()
    judge(prover, seal(DAY, 1), DAY + 481, 0)
    expect(last(0)?.doubt).toBe('late')
    judge(prover, seal(DAY, 1), DAY - LORA_MAX_CLOCK_ERROR_SECONDS - 1, 1)
    expect(last(1)?.doubt).toBe('ahead')
    judge(prover, seal(DAY, 1), DAY - LORA_MAX_CLOCK_ERROR_SECONDS, 2)
    expect(last(2)?.proof).toBe('pending')
  })

  it('a key once heard closes its interval, whatever the clock says then', async () => {
    const { open, judge, last } = receiver()
    judge(await open(), seal(DAY + 1200, 3), DAY + 1201, 0)
    // restarted with a clock that is 20 minutes slow: by it, this frame would be in time
    judge(await open(), seal(DAY + 300, 2), DAY + 301, 1)
    expect(last(1)?.doubt).toBe('late')
  })

  it('who is no active member proves nothing (COM-4)', async () => {
    const { open, judge, last } = receiver(() => false)
    judge(await open(), seal(DAY, 1, { panic: true }), DAY, 0)
    expect(last(0)).toEqual({ proof: 'unproven', doubt: 'no_anchor', nodeId: null })
  })
})

describe('anchors (LOR-8)', () => {
  it('begin at midnight, or the log refuses them', async () => {
    const [anchored] = board.anchored(ANNA)
    const check = (data: object) => chainAnchored.check({ data } as unknown as SignedEvent)
    await expect(check({ ...anchored })).resolves.toBeUndefined()
    await expect(check({ ...anchored, starts_at: STARTS_AT + 300 })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(check({ ...anchored, keys: 'AAAA' })).rejects.toMatchObject({ code: 'schema_mismatch' })
  })
})
