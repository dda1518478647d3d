// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { threadsFor } from '../workers/compute/engine/ort-library.ts'
import type { BenchReport, Measurement } from './report.ts'
import { type Device, type Household, partOf, questionOf, withHousehold } from './support/household.ts'
import type { RandomModel, Weights } from './support/random-model.ts'
import { joinRaw, rawEcho } from './support/raw-channel.ts'
import { median } from './support/statistics.ts'
import { until } from './support/until.ts'

/**
 * What it costs to compute one model on several devices instead of one: words a second and the first word of a long question.
 *
 * Everything is real: pages in renderer processes of their own, whole nodes with bus, X08 and orchestrator, WebRTC between them, ONNX
 * Runtime Web in compute workers. Fair: the ways take turns, conversation by conversation, on the same weights; each says the same text to the
 * letter, or the run fails; nobody uses more threads than another. Unfair to us: all devices share the processor of one machine, and the
 * network is no slower than that.
 */
const WEIGHTS: readonly Weights[] = ['fp32', 'int8']
const HALVES = [partOf(0, 2), partOf(1, 2)]
const THIRDS = [partOf(0, 3), partOf(1, 3), partOf(2, 3)]

const ROUNDS = 4
const SHORT = 16
const TOKENS = 48
/** 512 numbers in full precision, as they travel. */
const HIDDEN_BYTES = 2048
const RAW_TRIPS = 100
const FIRST_ROUNDS = 3
const LONG = 256
/** Path of the page in which a question goes through in one piece. */
const UNCHUNKED = 'unchunked'
/** Paths of the pages whose plan is always of one kind, whichever is expected to take less time. */
const ALWAYS = {
  star: (code: string) => code.replace('handing ? chained', 'false ? chained'),
  chain: (code: string) => code.replace('handed.ms >= starMs', 'false'),
} as const
/** What they hold of a model, beside both ends: who only asks needs no more. */
const LITTLE = { from: 0, to: 0 }

interface Said {
  readonly askedAt: number
  readonly heardAt: readonly number[]
  readonly tokens: number
  readonly text: string
  readonly topology?: string
}
type Way = (text: string, tokens: number) => Promise<Said>

/** The ways to have the same answer. */
function waysOf({ asks, others }: Household, { id: model }: RandomModel) {
  const [halves, thirds] = [others.slice(0, HALVES.length), others.slice(HALVES.length, HALVES.length + THIRDS.length)]
  const [star = asks, chain = asks] = others.slice(HALVES.length + THIRDS.length)
  const over =
    (who: Device, through: readonly (Device | null)[]): Way =>
    (text, tokens) =>
      who.page.evaluate((asked) => globalThis.house.ask(asked), {
        ...{ model, text, tokens },
        by: { through: through.map((device) => device?.nodeId ?? null) },
      })
  const inOnePage =
    (parts: readonly { readonly from: number; readonly to: number }[]): Way =>
    (text, tokens) =>
      asks.page.evaluate(([id, cuts, asked, count]) => globalThis.house.askInOnePage(id, cuts, asked, count), [
        ...[model, parts, text, tokens],
      ] as const)
  const whole: Way = (text, tokens) =>
    asks.page.evaluate((asked) => globalThis.house.ask(asked), { model, text, tokens, by: 'local' as const })
  const [first = asks, second = asks] = halves
  return {
    whole,
    inOnePage: inOnePage(HALVES),
    halves: over(asks, halves),
    // who asks has one half, and not all of the model
    oneHere: over(first, [null, second]),
    thirds: over(asks, thirds),
    halvesStar: over(star, halves),
    halvesChain: over(chain, halves),
    thirdsStar: over(star, thirds),
    thirdsChain: over(chain, thirds),
  }
}
type Ways = ReturnType<typeof waysOf>
type WayName = keyof Ways
const KINDS = ['halvesStar', 'halvesChain', 'thirdsStar', 'thirdsChain'] as const satisfies readonly WayName[]
const ALL: readonly WayName[] = ['whole', 'inOnePage', 'halves', 'oneHere', 'thirds', ...KINDS]
/** For the first word. */
const SOME: readonly WayName[] = ['whole', 'halves', 'thirds']

/** Milliseconds by the way they were needed on; NaN for one that was not taken. */
type Times = (name: WayName) => number

/** Runs the ways in turns. @param count of one answer: the number that is kept */
async function inTurns(
  ways: Ways,
  names: readonly WayName[],
  rounds: number,
  [text, tokens]: readonly [string, number],
  count: (said: Said) => number,
): Promise<Times> {
  const all = new Map<WayName, number[]>(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    const texts = new Set<string>()
    for (const name of names) {
      const said = await ways[name](text, tokens)
      texts.add(said.text)
      // the first round loads what was not loaded
      if (round >= 0) all.get(name)?.push(count(said))
    }
    if (texts.size > 1) throw new Error(`the ways say different things: ${[...texts].join(' | ')}`)
  }
  return (name) => median(all.get(name) ?? [Number.NaN])
}

const msPerToken = ({ heardAt, tokens }: Said): number => ((heardAt.at(-1) ?? 0) - (heardAt[0] ?? 0)) / (tokens - 1)
const firstMs = ({ askedAt, heardAt }: Said): number => (heardAt[0] ?? Number.NaN) - askedAt

/** Loads the pages of those whose plans are of one kind, and waits until they are: who reaches whom is told with the beats. */
async function settleKinds(household: Household): Promise<void> {
  const [star, chain] = household.others.slice(HALVES.length + THIRDS.length)
  if (star) await household.comeBack(star, '/star/index.html')
  if (chain) await household.comeBack(chain, '/chain/index.html')
  for (const model of household.models.values()) {
    const ways = waysOf(household, model)
    for (const name of KINDS)
      await until(async () => name.toLowerCase().endsWith((await ways[name](questionOf(SHORT), 2)).topology ?? 'none'))
  }
}

async function shareAll(household: Household): Promise<void> {
  const parts = [...HALVES, ...THIRDS]
  for (const { id } of household.models.values())
    for (const [at, device] of household.others.entries()) {
      const part = parts[at]
      if (part) await household.share(device, id, part)
    }
}

/** Milliseconds there and back of one hidden state on a bare data channel between windows of two devices: what no hop can do without. */
async function rawHop({ asks, others }: Household): Promise<number> {
  const [other = asks] = others
  await joinRaw(asks.page, other.page)
  const trips: number[] = []
  for (let trip = 0; trip < RAW_TRIPS; trip++) trips.push(await asks.page.evaluate(rawEcho, HIDDEN_BYTES))
  return median(trips)
}

interface Paces {
  readonly ms: Times
  /** Who hands on to whom: what the plan took for the faster one. */
  readonly topology: { readonly halves: string; readonly thirds: string }
  readonly raw: number
}

function speeds(weights: Weights, { ms, topology, raw }: Paces): readonly Measurement[] {
  const rate = (name: WayName): number => 1000 / ms(name)
  const row = (name: WayName, what: string, aim?: number): Measurement => ({
    name: `${weights}, ${what}`,
    unit: 'tokens/s',
    better: 'higher',
    ours: rate(name),
    theirs: { name: 'whole in one page', value: rate('whole') },
    ...(aim !== undefined && { aim }),
  })
  const chainBesideStar = (what: string, chain: WayName, star: WayName): Measurement => ({
    name: `${weights}, ${what} over WebRTC, a chain`,
    unit: 'tokens/s',
    better: 'higher',
    ours: rate(chain),
    theirs: { name: 'a star of the same', value: rate(star) },
  })
  const hop = (name: string, value: number): Measurement => ({
    name: `${weights}, ${name}`,
    unit: 'ms/token',
    better: 'lower',
    ours: value,
  })
  return [
    row('inOnePage', '2 shards in one browser'),
    row('halves', `2 shards, both over WebRTC, ${topology.halves}`, 0.9),
    row('oneHere', '2 shards, one here, one over WebRTC', 0.9),
    row('thirds', `3 shards over WebRTC, ${topology.thirds}`),
    chainBesideStar('2 shards', 'halvesChain', 'halvesStar'),
    chainBesideStar('3 shards', 'thirdsChain', 'thirdsStar'),
    hop('a hop within one browser, there and back', (ms('inOnePage') - ms('whole')) / 2),
    {
      // a chain of two takes three ways, a star four
      ...hop('a hop over WebRTC, there and back', (ms('halves') - ms('whole')) / (topology.halves === 'chain' ? 1.5 : 2)),
      theirs: { name: 'raw RTCDataChannel, 2 KiB there and back', value: raw },
    },
  ]
}

function firsts(weights: Weights, chunked: Times, whole: Times): readonly Measurement[] {
  const WAYS: readonly (readonly [WayName, string])[] = [
    ['whole', 'whole in one page'],
    ['halves', '2 shards over WebRTC'],
    ['thirds', '3 shards over WebRTC'],
  ]
  const lower = { unit: 'ms', better: 'lower' } as const
  return WAYS.flatMap(([way, what]): readonly Measurement[] => {
    const name = `${weights}, first token of ${LONG}, ${what}`
    const ours = chunked(way)
    const beside = { name, ...lower, ours, theirs: { name: 'question in one piece', value: whole(way) } }
    return way === 'whole'
      ? [beside]
      : [beside, { name, ...lower, ours, theirs: { name: 'whole in one page', value: chunked('whole') } }]
  })
}

async function measure(household: Household): Promise<BenchReport> {
  await shareAll(household)
  await settleKinds(household)
  const all = new Map<Weights, { readonly speeds: readonly Measurement[]; readonly chunked: Times }>()
  for (const [weights, model] of household.models) {
    const ways = waysOf(household, model)
    const ms = await inTurns(ways, ALL, ROUNDS, [questionOf(SHORT), TOKENS], msPerToken)
    const topologyOf = async (name: WayName): Promise<string> => (await ways[name](questionOf(SHORT), 2)).topology ?? ''
    const topology = { halves: await topologyOf('halves'), thirds: await topologyOf('thirds') }
    all.set(weights, {
      speeds: speeds(weights, { ms, topology, raw: await rawHop(household) }),
      chunked: await inTurns(ways, SOME, FIRST_ROUNDS, [questionOf(LONG), 1], firstMs),
    })
  }
  const { isolated, cores } = await household.asks.page.evaluate(() => ({
    isolated: crossOriginIsolated,
    cores: navigator.hardwareConcurrency,
  }))
  await household.comeBack(household.asks, `/${UNCHUNKED}/index.html`)
  for (const device of household.others.slice(0, HALVES.length + THIRDS.length))
    await household.comeBack(device, `/${UNCHUNKED}/index.html`)
  await shareAll(household)
  const measurements: Measurement[] = []
  for (const [weights, model] of household.models) {
    const known = all.get(weights)
    if (!known) continue
    const inOnePiece = await inTurns(waysOf(household, model), SOME, FIRST_ROUNDS, [questionOf(LONG), 1], firstMs)
    measurements.push(...known.speeds, ...firsts(weights, known.chunked, inOnePiece))
  }
  const [model] = household.models.values()
  const threads = threadsFor({ isolated, cores })
  return {
    title: 'One model on several devices',
    notes: [
      `  ${((model?.parameters ?? 0) / 1e6).toFixed(0)} million random parameters in 12 layers, 512 wide; ${[...household.models].map(([name, { weightsBytes }]) => `${name} ${(weightsBytes / 1e6).toFixed(0)} MB`).join(', ')}.`,
      `  Whole nodes in ${1 + household.others.length} pages, each a process of its own, on ${cores} cores that all of them share; ${threads} thread of WebAssembly for each device, whole or shard: while words come one after the other only one of them computes.`,
      `  A hop is what a shard elsewhere costs beside its computing: what a token takes longer than in one page, by two. It carries over to separate machines, where the network's round trip comes on top.`,
      `  Median of ${ROUNDS} answers of ${TOKENS} tokens after ${SHORT}, and of ${FIRST_ROUNDS} first tokens after ${LONG}, in turns. Questions go through in pieces of 128 tokens that overlap, beside the same app with pieces of 512.`,
    ],
    measurements,
  }
}

export const run = (): Promise<BenchReport> =>
  withHousehold(
    {
      weights: WEIGHTS,
      others: [...HALVES, ...THIRDS, LITTLE, LITTLE],
      variants: [
        {
          name: UNCHUNKED,
          change: (code, file) =>
            file.endsWith('/distributed-inference/constants.ts')
              ? code.replace('DISTRIBUTED_LLM_CHUNK_TOKENS = 128', 'DISTRIBUTED_LLM_CHUNK_TOKENS = 512')
              : null,
        },
        { name: 'star', change: (code, file) => (file.endsWith('/distributed-inference/plan.ts') ? ALWAYS.star(code) : null) },
        {
          name: 'chain',
          change: (code, file) => (file.endsWith('/distributed-inference/plan-chain.ts') ? ALWAYS.chain(code) : null),
        },
      ],
    },
    measure,
  )
