// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import type { BenchReport, Measurement } from './report.ts'
import { type Household, partOf, questionOf, withHousehold } from './support/household.ts'
import { median } from './support/statistics.ts'

/**
 * How long everybody computes on after a person said stop (DLM-10): until the answer is over where it was asked for, and until neither a
 * conversation nor a cache is left on the devices that computed it. Whole nodes in three pages, WebRTC between them. A step that is under
 * way cannot be interrupted, so the longest of them, a piece of a question, is measured, too.
 */
const AIM_MS = 200
const TOKENS = 64
const STOPS = 20
const SHORT = 16
const LONG = 256
const PARTS = [partOf(0, 2), partOf(1, 2)]

interface Waited {
  /** Milliseconds until the answer was over. */
  readonly here: number
  /** Milliseconds until the last of those who computed had nothing of it any more. */
  readonly there: number
}

async function measure({ asks, others, models }: Household): Promise<BenchReport> {
  const [model] = models.values()
  if (!model) throw new TypeError('nothing to ask')
  for (const [part, device] of others.entries()) {
    const range = PARTS[part]
    if (range) await device.page.evaluate(([id, layers]) => globalThis.house.share(id, layers), [model.id, range] as const)
  }
  const question = (letters: number) => ({
    ...{ model: model.id, text: questionOf(letters), tokens: TOKENS },
    by: { through: others.map(({ nodeId }) => nodeId) },
  })
  // loads everything that ever is
  await asks.page.evaluate((asked) => globalThis.house.ask(asked), question(SHORT))
  const weights = await Promise.all(
    others.map(async ({ page }) => {
      await page.evaluate(() => globalThis.house.untilFree(Number.POSITIVE_INFINITY))
      return (await page.evaluate(() => globalThis.house.inUse())).bytes
    }),
  )

  async function stopped(letters: number, when: { readonly words: number } | { readonly ms: number }): Promise<Waited> {
    const { stoppedAt, endedAt } = await asks.page.evaluate(([asked, at]) => globalThis.house.askAndStop(asked, at), [
      question(letters),
      when,
    ] as const)
    const freed = await Promise.all(
      others.map(({ page }, at) => page.evaluate((bytes) => globalThis.house.untilFree(bytes), weights[at] ?? 0)),
    )
    return { here: endedAt - stoppedAt, there: Math.max(...freed) - stoppedAt }
  }

  const speaking: Waited[] = []
  const reading: Waited[] = []
  for (let stop = 0; stop < STOPS; stop++) {
    speaking.push(await stopped(SHORT, { words: 1 + stop }))
    // a piece of 128 tokens takes some hundred milliseconds in each half
    reading.push(await stopped(LONG, { ms: 20 + stop * 20 }))
  }
  return {
    title: 'Stop',
    notes: [
      `  Two halves of a model of 50 million random parameters in fp32 in two pages, asked by a third, WebRTC between them; ${STOPS} stops each, one with each word and one every 20 ms of a question of ${LONG} tokens.`,
      '  Until nothing is left: those who compute are asked over and over, some milliseconds between two looks, from the moment in which the answer is over.',
    ],
    measurements: [...rows('while it speaks', speaking), ...rows(`while a question of ${LONG} is read`, reading)],
  }
}

function rows(name: string, waited: readonly Waited[]): readonly Measurement[] {
  const row = (what: string, ours: number): Measurement => ({
    name: `${name}: ${what}`,
    unit: 'ms',
    better: 'lower',
    ours,
    aim: AIM_MS,
  })
  const [here, there] = [waited.map((one) => one.here), waited.map((one) => one.there)]
  return [
    row('the answer is over, median', median(here)),
    row('at the latest', Math.max(...here)),
    row('nothing is left where it was computed, median', median(there)),
    row('at the latest', Math.max(...there)),
  ]
}

export const run = (): Promise<BenchReport> => withHousehold({ weights: ['fp32'], others: PARTS }, measure)
