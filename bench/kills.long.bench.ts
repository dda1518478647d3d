// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { createSeededRuntime } from '../workers/testing/seeded-runtime.ts'
import type { BenchReport, Measurement } from './report.ts'
import { ask, crash, gapsOf, gatherAgain, type House, PARTS, sharing } from './support/halves.ts'
import { type Device, type Household, questionOf, withHousehold } from './support/household.ts'
import { median } from './support/statistics.ts'

/**
 * A hundred devices that go in the middle of an answer, one after the other, each at a random half of the model and a random token and in
 * one of six ways in turns: whether the text is the same to the letter, and how long it stood still. Whole nodes in real pages and WebRTC
 * between them. About twenty minutes, and only where it is asked for by name: `npm run bench -- kills`.
 *
 * The text is compared with what one device with the whole model says. A stall is the longest time without a word after the loss, less what a word takes
 * anyway: where the spare was ahead already it may be nothing.
 */
const KILLS = 100
const SEED = 20_261_122
const QUESTION = 24
const TOKENS = 48
/** So many are left at least, or there would be nothing to go on with. */
const LEFT = 8
/** Longer than anybody waits for an answer. */
const STALLED_MS = 25_000

const workerOf = ({ page }: Device, name: string) => page.workers().find((worker) => worker.url().includes(name))
const nodeOf = (device: Device) => workerOf(device, 'node.worker')

/** What becomes of a device. None of them waits for the device to say that it is gone. */
const WAYS: Readonly<Record<string, (device: Device) => Promise<unknown>>> = {
  'page closed': ({ page }) => page.close(),
  'process gone': crash,
  'worker terminated': async (device) => nodeOf(device)?.evaluate(() => self.close()),
  'compute worker terminated': async (device) => workerOf(device, 'compute.worker')?.evaluate(() => self.close()),
  'network cut': ({ page }) => page.evaluate(() => globalThis.cutNetwork()),
  'answers nothing': async (device) =>
    void nodeOf(device)
      ?.evaluate((ms) => {
        for (const end = Date.now() + ms; Date.now() < end; );
      }, STALLED_MS)
      .catch(() => undefined),
}

interface Kill {
  readonly how: string
  readonly same: boolean
  readonly stallMs: number
  /** Null where the spare had said the rest before anybody was given up. */
  readonly reason: string | null
}

async function kill(house: House, how: string, part: number, at: number, text: string): Promise<Kill> {
  const { household, mains } = house
  const main = mains[part]
  const strike = WAYS[how]
  if (!main || !strike) throw new RangeError('nobody to strike')
  const answering = ask(house, QUESTION, TOKENS, mains)
  // awaited below; until then nobody may call it unhandled
  answering.catch(() => undefined)
  await household.asks.page.evaluate((count) => globalThis.house.untilSaid(count), at)
  const struckAt = performance.timeOrigin + performance.now()
  await strike(main)
  const answer = await answering
  const after = gapsOf(answer).filter((_, index) => (answer.heardAt[index + 1] ?? 0) > struckAt)
  const stallMs = Math.max(0, Math.max(0, ...after) - median(gapsOf(answer)))
  return { how, same: answer.text === text && answer.tokens === TOKENS, stallMs, reason: answer.failovers[0]?.reason ?? null }
}

async function measure(household: Household): Promise<BenchReport> {
  const [model] = household.models.values()
  if (!model) throw new TypeError('nothing to ask')
  const house: House = {
    ...{ household, model },
    mains: household.others.slice(0, PARTS.length),
    spares: household.others.slice(PARTS.length),
  }
  await sharing(house, house.mains)
  await sharing(house, house.spares)
  const asked = { model: model.id, text: questionOf(QUESTION), tokens: TOKENS, by: 'local' as const }
  const { text } = await household.asks.page.evaluate((question) => globalThis.house.ask(question), asked)
  const { randomBytes } = createSeededRuntime(SEED)
  const random = (below: number): number => Math.floor(((randomBytes(1)[0] ?? 0) / 256) * below)
  const kills: Kill[] = []
  const ways = Object.keys(WAYS)
  for (let count = 0; count < KILLS; count++) {
    const how = ways[count % ways.length] ?? ''
    const part = random(PARTS.length)
    const at = 1 + random(TOKENS - LEFT)
    const done = await kill(house, how, part, at, text)
    kills.push(done)
    const { same, stallMs, reason } = done
    process.stderr.write(
      `${count + 1}: ${how}, part ${part}, token ${at}: ${same ? 'the same text' : 'ANOTHER TEXT'}, ${stallMs.toFixed(0)} ms, ${reason ?? 'nobody given up'}\n`,
    )
    await gatherAgain(house, part)
  }
  const same = kills.filter((one) => one.same).length
  const stalls = (of: readonly Kill[], name: string): readonly Measurement[] => {
    const ms = of.map(({ stallMs }) => stallMs)
    const lower = { unit: 'ms', better: 'lower' } as const
    return [
      { name: `stall, ${name}, median`, ...lower, ours: median(ms) },
      { name: `stall, ${name}, worst`, ...lower, ours: Math.max(...ms) },
    ]
  }
  return {
    title: `${KILLS} devices that go in the middle of an answer`,
    notes: [
      `  50 million random parameters in int8, 2 shards and a spare for each on devices of their own, WebRTC between pages that share two cores; ${TOKENS} tokens after ${QUESTION}, seed ${SEED}.`,
      `  Nobody had to be given up in ${kills.filter(({ reason }) => reason === null).length}: the spare had said the rest.`,
    ],
    measurements: [
      { name: 'answers with the same text', unit: '', better: 'higher', ours: same, aim: KILLS },
      ...stalls(kills, 'all'),
      ...ways.flatMap((way) =>
        stalls(
          kills.filter(({ how }) => how === way),
          way,
        ),
      ),
    ],
  }
}

export const run = (): Promise<BenchReport> => withHousehold({ weights: ['int8'], others: [...PARTS, ...PARTS] }, measure)
