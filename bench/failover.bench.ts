// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import type { BenchReport, Measurement } from './report.ts'
import { ask, crash, gapsOf, gatherAgain, type House, PARTS, sharing, withdrawing } from './support/halves.ts'
import { type Device, type Household, withHousehold } from './support/household.ts'
import type { Weights } from './support/random-model.ts'
import { median } from './support/statistics.ts'

/**
 * What it costs when somebody closes a lid in the middle of an answer, beside what is usual, and what standing by costs while nobody does.
 *
 * Everything is real: whole nodes in pages of their own, WebRTC between them, and pages that are closed or whose process dies. A stall is what a
 * person sees: the longest time without a word after the loss, less what a word takes anyway. Fair: after each loss, over those who are left,
 * the same number of tokens is asked anew as one question: that is what starting again costs. Whoever waits first for 5 seconds needs those, too;
 * they are added, not waited for.
 */
const WEIGHTS: readonly Weights[] = ['fp32', 'int8']

const QUESTION = 256
const TOKENS = 112
/** Tokens between the coming of a spare and the loss, where the answer is that long: time to be asked, and to read the question. */
const LATE_FOR = 120
/** Of an answer during which somebody has to load layers, and how many are left after the loss at least. */
const LATE_TOKENS = 250
const LEFT_TOKENS = 20
/** Tokens of the answer at which a device is lost, in turns; checks fall at random, so each finds the spare at another place. */
const LOST_AT = [24, 71, 43, 58, 37, 80] as const
/** What others wait before they take a device for gone. */
const TIMEOUT_MS = 5000
const STANDING_ROUNDS = 3
const STANDING_QUESTION = 16
const STANDING_TOKENS = 64

/** How a device is lost, and how often each. */
const LOSSES = {
  closed: { times: 4, says: 'page closed' },
  crashed: { times: 4, says: 'process gone' },
  late: { times: 2, says: 'page closed, spares came during the answer' },
} as const
type Loss = keyof typeof LOSSES

const now = (): number => performance.timeOrigin + performance.now()

const lose = (device: Device, how: Loss): Promise<void> => (how === 'crashed' ? crash(device) : device.page.close())

interface Stall {
  readonly ms: number
  /** The same number of tokens read anew by those who are left, to the first word. */
  readonly againMs: number
  readonly reason: string
}

/** How often a loss is tried that did not go as it was meant to. */
const TRIES = 3

/** One loss that went as it was meant to: one device lost, one failover, all tokens. What went otherwise is said and done again. */
async function oneLoss(house: House, how: Loss, turn: number): Promise<Stall> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryLoss(house, how, turn)
    } catch (error) {
      if (attempt === TRIES) throw error
      process.stderr.write(`${how} again, since ${error instanceof Error ? error.message.split('\n')[0] : error}\n`)
    } finally {
      await gatherAgain(house, turn % PARTS.length)
    }
  }
}

async function tryLoss(house: House, how: Loss, turn: number): Promise<Stall> {
  const { household, mains, spares } = house
  const part = turn % PARTS.length
  const [main, spare] = [mains[part], spares[part]]
  if (!main || !spare) throw new RangeError('nobody has this part')
  if (how === 'late') await withdrawing(house, spares)
  const tokens = how === 'late' ? LATE_TOKENS : TOKENS
  const answering = ask(house, QUESTION, tokens, mains)
  // awaited below; until then nobody may call it unhandled
  answering.catch(() => undefined)
  const untilSaid = (count: number) => household.asks.page.evaluate((n) => globalThis.house.untilSaid(n), count)
  await untilSaid(how === 'late' ? 1 : (LOST_AT[turn % LOST_AT.length] ?? 0))
  if (how === 'late') {
    await sharing(house, spares)
    const said = await household.asks.page.evaluate(() => globalThis.house.said())
    await untilSaid(Math.min(said + LATE_FOR, LATE_TOKENS - LEFT_TOKENS))
  }
  const at = await household.asks.page.evaluate(() => globalThis.house.said())
  const lostAt = now()
  await lose(main, how)
  const answer = await answering
  const [failover, ...more] = answer.failovers
  if (!failover || more.length > 0 || answer.tokens !== tokens)
    throw new Error(`${answer.failovers.length} failovers, ${answer.tokens} tokens`)
  const usual = median(gapsOf(answer))
  const after = gapsOf(answer).filter((_, index) => (answer.heardAt[index + 1] ?? 0) > lostAt)
  const again = await ask(house, QUESTION + at, 1, mains.with(part, spare))
  return { ms: Math.max(...after) - usual, againMs: (again.heardAt[0] ?? Number.NaN) - again.askedAt, reason: failover.reason }
}

/** Milliseconds of a token with spares and without, in turns. */
async function standingBy(house: House): Promise<{ readonly withThem: number; readonly without: number }> {
  const msPerToken = async (): Promise<number> => {
    const { heardAt, tokens } = await ask(house, STANDING_QUESTION, STANDING_TOKENS, house.mains)
    return ((heardAt.at(-1) ?? 0) - (heardAt[0] ?? 0)) / (tokens - 1)
  }
  const [withThem, without]: [number[], number[]] = [[], []]
  for (let round = 0; round < STANDING_ROUNDS; round++) {
    withThem.push(await msPerToken(), await msPerToken())
    await withdrawing(house, house.spares)
    without.push(await msPerToken(), await msPerToken())
    await sharing(house, house.spares)
  }
  return { withThem: median(withThem), without: median(without) }
}

async function measureOne(house: House, weights: Weights): Promise<readonly Measurement[]> {
  await sharing(house, house.mains)
  await sharing(house, house.spares)
  const measurements: Measurement[] = []
  const lower = { unit: 'ms', better: 'lower' } as const
  let turn = 0
  for (const [how, { times, says }] of Object.entries(LOSSES) as [Loss, (typeof LOSSES)[Loss]][]) {
    const stalls: Stall[] = []
    for (let time = 0; time < times; time++) stalls.push(await oneLoss(house, how, turn++))
    const ours = median(stalls.map(({ ms }) => ms))
    const again = median(stalls.map(({ againMs }) => againMs))
    const name = `${weights}, stall, ${says} (${[...new Set(stalls.map(({ reason }) => reason))].join(', ')})`
    measurements.push(
      { name, ...lower, ours, theirs: { name: '5 s and all again', value: TIMEOUT_MS + again }, aim: 10 },
      { name, ...lower, ours, theirs: { name: 'all again at once', value: again }, aim: 4 },
      { name: `${name}, worst`, ...lower, ours: Math.max(...stalls.map(({ ms }) => ms)) },
    )
  }
  const { withThem, without } = await standingBy(house)
  measurements.push({
    name: `${weights}, a token, two spares standing by`,
    ...lower,
    ours: withThem,
    theirs: { name: 'without spares', value: without },
    aim: 0.95,
  })
  return measurements
}

async function measure(household: Household): Promise<BenchReport> {
  const [mains, spares] = [household.others.slice(0, PARTS.length), household.others.slice(PARTS.length)]
  const measurements: Measurement[] = []
  for (const [weights, model] of household.models)
    measurements.push(...(await measureOne({ household, model, mains, spares }, weights)))
  const counts = Object.values(LOSSES).map(({ times, says }) => `${times} times ${says}`)
  return {
    title: 'When somebody closes a lid',
    notes: [
      `  50 million random parameters, 2 shards and a spare for each on devices of their own, WebRTC between pages that share two cores; a question of ${QUESTION} tokens, a device is lost at token ${Math.min(...LOST_AT)} to ${Math.max(...LOST_AT)}.`,
      `  A stall is the longest time without a word after the loss, less what a word takes; median of ${counts.join(', ')}, in turns of both parts. One token in 16 is checked, as the app does.`,
      '  All again: the tokens so far as one question to those who are left, to the first word; the 5 s are added, not waited for. In brackets how the loss was noticed.',
      '  Here spares read along on the same two cores; on devices of their own it costs who asks only the sending.',
    ],
    measurements,
  }
}

export const run = (): Promise<BenchReport> => withHousehold({ weights: WEIGHTS, others: [...PARTS, ...PARTS] }, measure)
