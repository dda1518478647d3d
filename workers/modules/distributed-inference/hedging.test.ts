import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Failover } from '#protocol/distributed-inference/schemas.ts'
import { createTurn, type Turn } from '../../kernel/turn.ts'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { createAllowance } from './allowance.ts'
import type { Seats } from './failover.ts'
import type { Feed } from './feed.ts'
import { createLateness } from './lateness.ts'
import { createLedger } from './ledger.ts'
import { createPlace, type Place, type PlaceDeps } from './place.ts'
import type { Runner } from './runner.ts'
import { toleranceFor } from './spot-check.ts'

const WIDTH = 4
const LAYERS = { from: 0, to: 1 }
/** What a step takes usually, in milliseconds. */
const USUAL_MS = 20
/** The least after which a step is late. */
const LATE_MS = 150

interface Someone extends Runner {
  /** Steps it was given. */
  given: number
  closed: boolean
}

let runtime: SeededRuntime
beforeEach(() => {
  runtime = createSeededRuntime(7)
})

interface Manner {
  /** How long a step takes; null: for ever. */
  readonly ms?: (step: number) => number | null
  /** What is given instead of what is right. */
  readonly change?: (value: number) => number
  readonly onBusy?: (by: 1 | -1) => void
}

/** Somebody who computes one more than they are given, one step after the other. */
function someone(name: string, { ms: msOf = () => USUAL_MS, change = (value) => value, onBusy }: Manner = {}): Someone {
  let last: Promise<unknown> = Promise.resolve()
  const who: Someone = {
    nodeId: name as NodeId, // never leaves this test
    shardId: `tiny:${LAYERS.from}-${LAYERS.to}`,
    layers: LAYERS,
    given: 0,
    closed: false,
    forward(hidden) {
      const ms = msOf(who.given++)
      const done = last.then(
        () =>
          new Promise<Float32Array<ArrayBuffer>>((resolve) => {
            onBusy?.(1)
            if (ms === null) return
            runtime.after(ms, () => {
              onBusy?.(-1)
              resolve(hidden.map((value) => change(value + 1)))
            })
          }),
      )
      last = done
      return done
    },
    ended: new Promise(() => undefined),
    close() {
      who.closed = true
    },
  }
  return who
}

function at(main: Runner, spares: Runner[], change: Partial<PlaceDeps> = {}, expectedMs: number | null = USUAL_MS) {
  const failures: Failover[] = []
  const failovers: Failover[] = []
  const faults: unknown[] = []
  const unwanted = () => Promise.reject(new Error('nobody is to be asked for this'))
  const deps: PlaceDeps = {
    ...{ runtime, stepwise: true, tolerance: toleranceFor(false), oneIn: 4, random: () => 0, atToken: () => input.tokens },
    reading: createTurn(),
    ...{ standBy: async () => spares.shift() ?? null, judge: async () => null, replace: unwanted, reopen: unwanted },
    onFailure: (failure) => void failures.push(failure),
    onFailover: (failover) => void failovers.push(failover),
    onFault: (nodeId, reason) => void faults.push([nodeId, reason]),
    ...{ onLie: unwanted, onEnd: unwanted },
    ...change,
  }
  const [input, output] = [createLedger(WIDTH), createLedger(WIDTH)]
  const place: Place = createPlace(deps, { layers: LAYERS, input, output }, { runner: main, expectedMs })
  const tookMs: number[] = []
  return {
    place,
    tookMs,
    failures,
    failovers,
    faults,
    output,
    who: () => place.status()[0]?.node_id,
    late: () => place.status()[0]?.late,
    /** Takes so many steps, one after the other. @param restMs what other places take before each @param tokens of each */
    async go(
      count: number,
      { restMs = 0, tokens = 1, gives }: { restMs?: number; tokens?: number; gives?: number } = {},
    ): Promise<void> {
      for (let times = 0; times < count; times++) {
        await runtime.advance(restMs)
        const from = runtime.monotonic()
        const to = input.tokens + tokens
        input.put(to - tokens, new Float32Array(WIDTH * tokens).fill(to))
        let done = false
        const step = place.forward(to).then(() => (done = true))
        while (!done) await runtime.advance(5)
        await step
        tookMs.push(runtime.monotonic() - from)
        expect(output.read(to - 1, 1)[0]).toBe(gives ?? to + 1)
      }
    },
  }
}

const from = (step: number, ms: number | null) => (now: number) => (now < step ? USUAL_MS : ms)

describe('a step that is late', () => {
  it('is answered by the spare long before whoever does not answer is given up, and nobody hears of it until then (DLM-4)', async () => {
    const spare = someone('spare')
    const { go, tookMs, failures, failovers, who } = at(someone('main', { ms: from(30, null) }), [spare])
    await go(31)
    expect(tookMs[30]).toBeGreaterThanOrEqual(LATE_MS)
    expect(tookMs[30]).toBeLessThan(LATE_MS + 12 * USUAL_MS)
    await go(10)
    expect(Math.max(...tookMs.slice(31))).toBeLessThanOrEqual(2 * USUAL_MS)
    expect([who(), failures]).toEqual(['main', []])
    await go(60)
    expect(failures).toMatchObject([{ from: 'main', reason: 'stalled' }])
    expect(failovers).toMatchObject([
      { taken_over: true, to: 'spare', stall_ms: null },
      { taken_over: true, to: 'spare', stall_ms: expect.any(Number) },
    ])
    // what a person felt, and not how long it was looked at
    expect(failovers.at(-1)?.stall_ms).toBeLessThan(LATE_MS + 12 * USUAL_MS)
    expect(Math.max(...tookMs.slice(31))).toBeLessThanOrEqual(2 * USUAL_MS)
    expect(who()).toBe('spare')
  })

  it('is known by what the question took where nobody has measured a single token yet (DLM-4)', async () => {
    const reading = (step: number) => (step === 0 ? 100 : null)
    const { go, tookMs, who } = at(someone('main', { ms: reading }), [someone('spare')], {}, null)
    await go(1, { tokens: 8 })
    await go(1)
    expect(tookMs[1]).toBeLessThan(1200)
    await go(80)
    expect(who()).toBe('spare')
    expect(Math.max(...tookMs.slice(2))).toBeLessThanOrEqual(2 * USUAL_MS)
  })

  it('costs nobody their place who answers after all, and both answers are compared (DLM-4, DLM-6)', async () => {
    const pausing = (step: number) => (step === 30 ? 2.5 * LATE_MS : USUAL_MS)
    const { go, tookMs, failures, failovers, faults, who, late } = at(someone('main', { ms: pausing }), [someone('spare')])
    await go(30, { restMs: 30 })
    expect(late()).toEqual([])
    await go(70, { restMs: 30 })
    expect([failures, failovers, faults, who()]).toEqual([[], [], [], 'main'])
    // it was behind for some steps and then itself again
    const steps = late()?.[0]?.steps ?? 0
    expect(late()).toEqual([{ from: 'main', to: 'spare', steps }])
    expect(steps).toBeLessThan(30)
    expect(tookMs[30]).toBeLessThan(2.5 * LATE_MS)
  })

  it('and was computed otherwise by the spare is a dispute as any other (DLM-6)', async () => {
    const lies: number[] = []
    const liar = someone('spare', { change: (value) => (value === 32 ? 64 : value) })
    const { go, faults } = at(someone('main', { ms: (step) => (step === 30 ? 2.5 * LATE_MS : USUAL_MS) }), [liar], {
      judge: async () => someone('third'),
      onLie: (position) => void lies.push(position),
    })
    await go(30)
    await go(1, { gives: 64 })
    await runtime.advance(1000)
    expect([faults, lies]).toEqual([[['spare', 'lied']], [30]])
  })

  it('is counted for whoever was late, once for each step that the spare said first, and never one that nobody waited for (DLM-4)', async () => {
    const pausing = (step: number) => (step === 30 || step === 70 ? LATE_MS + 30 * USUAL_MS : USUAL_MS)
    const { go, tookMs, late } = at(someone('main', { ms: pausing }), [someone('spare')])
    // long enough a rest for whoever was late to have caught up
    await go(100, { restMs: 1000 })
    expect(late()).toEqual([{ from: 'main', to: 'spare', steps: 2 }])
    expect(tookMs.filter((ms) => ms >= LATE_MS)).toHaveLength(2)
  })

  it('is counted at the first of several who stand for one, beside what they count themselves (DLM-4)', async () => {
    const within = { from: null, to: 'other' as NodeId, steps: 4 } // never leaves this test
    const none = {
      node_id: null,
      shard_id: 'tiny:0-0',
      layers: { from: 0, to: 0 },
      handed: false,
      last_ms: null,
      mean_ms: null,
    }
    const stages = [[within], []].map((late) => ({ ...none, tokens: 0, sent_bytes: 0, received_bytes: 0, late }))
    const several = { ...someone('main', { ms: (step) => (step === 30 ? 2.5 * LATE_MS : USUAL_MS) }), stages: () => stages }
    const { go, place } = at(several, [someone('spare')])
    await go(60, { restMs: 1000 })
    expect(place.status().map(({ late }) => late)).toEqual([[within, { from: 'main', to: 'spare', steps: 1 }], []])
  })

  it('again and again has whoever answers change places with the spare, and nobody failed (DLM-4)', async () => {
    const slow = someone('main', { ms: from(30, 400) })
    const { go, tookMs, failures, who, late } = at(slow, [someone('spare')])
    await go(140)
    expect([who(), failures, slow.closed]).toEqual(['spare', [], false])
    // what was before they changed places is not forgotten
    expect(late()).toEqual([{ from: 'main', to: 'spare', steps: expect.any(Number) }])
    expect(Math.max(...tookMs.slice(31))).toBeLessThanOrEqual(2 * USUAL_MS)
    // and it reads along, as well as it can
    const read = slow.given
    await go(140)
    expect(slow.given).toBeGreaterThan(read)
  })

  it('is computed twice at one of twenty steps in the long run, however often somebody pauses (DLM-4)', async () => {
    const pauses = (step: number): boolean => step > 10 && step % 8 === 0
    const main = someone('main', { ms: (step) => (pauses(step) ? 900 : USUAL_MS) })
    const { go, tookMs, failures } = at(main, [someone('spare')])
    await go(200, { restMs: 1000 })
    expect(failures).toEqual([])
    const paused = tookMs.filter((_, step) => pauses(step))
    const hedged = paused.filter((ms) => ms < 900).length
    expect(paused.length).toBeGreaterThan(20)
    expect(hedged).toBeGreaterThanOrEqual(200 / 20 - 1)
    expect(hedged).toBeLessThanOrEqual(200 / 20 + 2)
  })

  it('is left to whoever has it where the spare has read nothing yet (DLM-4)', async () => {
    const spare = someone('spare')
    const pausing = (step: number) => (step === 30 ? 600 : USUAL_MS)
    const { go, tookMs } = at(someone('main', { ms: pausing }), [spare], { oneIn: null })
    await go(40)
    expect([spare.given, Math.max(...tookMs)]).toEqual([0, 600])
  })

  it('is not passed over where its time is over just while it is looked at (DLM-4)', () => {
    const nothing = (): undefined => undefined
    const main: Feed = {
      ...{ runner: someone('main'), received: 0, lastMs: null, meanMs: null, handed: false },
      ...{ push: nothing, give: nothing, close: nothing },
      waiting: () => ({ since: 0, hedgeMs: 150, softMs: 1000 }),
    }
    const seats: Seats = {
      ...{ main, spare: null, gone: [], status: () => [] },
      ...{ fail: nothing, changePlaces: nothing, seekSpare: nothing, answered: nothing, close: nothing },
    }
    const readings = [999.9]
    const asked: number[] = []
    const after = (ms: number) => {
      asked.push(ms)
      return nothing
    }
    createLateness({ monotonic: () => readings.shift() ?? 1000.1, after }, seats, [1], true).look()
    expect(asked).toEqual([1])
  })

  it('and whose spare is lost meanwhile is answered by whoever was late (DLM-4)', async () => {
    let lose = (): void => undefined
    const spare: Someone = { ...someone('spare'), ended: new Promise<void>((resolve) => (lose = resolve)) }
    const { go, failures, who } = at(someone('main', { ms: (step) => (step === 30 ? 800 : USUAL_MS) }), [spare])
    await go(31)
    lose()
    await go(20)
    expect([failures, who()]).toEqual([[], 'main'])
  })
})

describe('reading along', () => {
  /** Two places of one pipeline, and spares that are slower. @returns how many of these computed at once, at most */
  async function readTogether(...spares: readonly (number | null)[]) {
    let [busy, most] = [0, 0]
    const onBusy = (by: 1 | -1): void => {
      busy += by
      most = Math.max(most, busy)
    }
    const reading: Turn = createTurn()
    const standing = spares.map((ms, index) => someone(`spare ${index}`, { ms: () => ms, onBusy }))
    const places = standing.map((spare) => at(someone('main'), [spare], { reading, oneIn: 1 }))
    for (let times = 0; times < 12; times++) for (const { go } of places) await go(1)
    await runtime.advance(4000)
    return { most, read: standing.map(({ given }) => given) }
  }

  it('is for one spare of a pipeline at a time (DLM-4)', async () => {
    expect(await readTogether(60, 60)).toEqual({ most: 1, read: [12, 12] })
  })

  it('is at each step where steps cost the same, together or not, and else when a check is drawn (DLM-4, DLM-6)', async () => {
    for (const [stepwise, read] of [
      [true, 20],
      [false, 0],
    ] as const) {
      const spare = someone('spare')
      // nothing is ever drawn
      const { go } = at(someone('main'), [spare], { stepwise, random: () => 1 })
      await go(20, { restMs: 50 })
      await runtime.advance(100)
      expect(spare.given).toBe(read)
    }
  })

  it('waits a second for who does not answer, and no longer (DLM-4)', async () => {
    const { read } = await readTogether(null, 60)
    expect(read[1]).toBe(12)
  })
})

describe('an allowance', () => {
  it('is some times at once, and then one in so many', () => {
    const allowance = createAllowance(20, 2)
    expect([allowance(0), allowance(0), allowance(0)]).toEqual([true, true, false])
    expect([allowance(19), allowance(20), allowance(20)]).toEqual([false, true, false])
    const often = Array.from({ length: 1000 }, (_, step) => allowance(20 + step)).filter(Boolean)
    expect(often).toHaveLength(49)
    expect([allowance(9000), allowance(9000), allowance(9000)]).toEqual([true, true, false])
  })
})
