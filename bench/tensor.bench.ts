import type { Browser, Page } from 'playwright'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Box } from '../relay/box.ts'
import type { BenchReport, Measurement } from './report.ts'
import { withBrowser } from './support/browser.ts'
import { buildPage } from './support/pages.ts'
import { joinRaw, rawEcho } from './support/raw-channel.ts'
import { median, p95 } from './support/statistics.ts'
import { until } from './support/until.ts'
import type {} from './tensor/main.ts'
import { joinRawPipe, rawGoodput } from './tensor/raw-pipe.ts'

/**
 * What a tensor of 64 MB takes, and what an urgent one of 10 KB takes while another one saturates the way: X08 between two browsers over WebRTC.
 * Aims: 0.95 of a raw data channel; urgent within twice its own time on an idle way. Fair: the same two pages, the ways in turns, bytes that
 * nothing shrinks, each until the other side has acknowledged it. Not fair to us: the raw channel goes from window to window and is not read.
 */
const BYTES = 64_000_000
const ROUNDS = 3
const URGENT_BYTES = 10_000
const URGENT_COUNT = 200
/** As often as a model says a token. */
const URGENT_GAP_MS = 20
const BULK_BYTES = 4_000_000
const LAST_FRAME_BYTES = 262_144

interface Pair {
  readonly asking: Page
  readonly answering: Page
  readonly peer: NodeId
  readonly self: NodeId
}

async function openPage(browser: Browser, box: Box): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(box.url)
  await page.waitForFunction(() => document.title === 'ready')
  return page
}

async function acquaint(browser: Browser, box: Box): Promise<Pair> {
  const [answering, asking] = [await openPage(browser, box), await openPage(browser, box)]
  const boxes = [...box.multiaddrs]
  const peer = await answering.evaluate((o) => globalThis.tensors.join(o), { seed: 11, boxes, community: COMMUNITY })
  const self = await asking.evaluate((o) => globalThis.tensors.join(o), { seed: 12, boxes, community: COMMUNITY })
  await until(() => asking.evaluate(async (id) => (await globalThis.tensors.directPeers()).includes(id), peer))
  await until(() => answering.evaluate(async (id) => (await globalThis.tensors.directPeers()).includes(id), self))
  await joinRawPipe(asking, answering)
  return { asking, answering, peer, self }
}

/** Any id: whoever enters the same community meets. */
const COMMUNITY = 'ed25519:gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q' as NodeId // a public key of the specification's examples

async function session({ asking, answering, peer, self }: Pair): Promise<number> {
  const grant = await answering.evaluate((id) => globalThis.tensors.offer(id, {}), self)
  return asking.evaluate(([id, given]) => globalThis.tensors.connect(id, given, {}), [peer, grant] as const)
}

const rate = (ms: number): number => BYTES / 1e6 / (ms / 1000)

async function goodput(pair: Pair) {
  const { asking, peer } = pair
  const own = await session(pair)
  const send = (kind: 'noise' | 'dull'): Promise<number> =>
    asking.evaluate(([s, n, k]) => globalThis.tensors.sendTensor(s, n, k), [own, BYTES, kind] as const)
  const rates: Record<'raw' | 'plain' | 'tensor' | 'packed', number[]> = { raw: [], plain: [], tensor: [], packed: [] }
  for (let round = 0; round < ROUNDS; round++) {
    rates.raw.push(rate(await asking.evaluate(rawGoodput, BYTES)))
    rates.tensor.push(rate(await send('noise')))
    rates.plain.push(rate(await asking.evaluate(([id, n]) => globalThis.tensors.sendPlain(id, n), [peer, BYTES] as const)))
    rates.packed.push(rate(await send('dull')))
  }
  const { sent } = await asking.evaluate((s) => globalThis.tensors.statsOf(s), own)
  // the end of a tensor may be too small a frame to be packed
  const packed = sent.compressedFrom / ROUNDS
  if (packed > BYTES || packed < BYTES - LAST_FRAME_BYTES)
    throw new Error(`${packed} bytes of ${BYTES} that shrink were packed`)
  return rates
}

async function urgency(pair: Pair) {
  const { asking } = pair
  const [alone, together] = [await session(pair), await session(pair)]
  const urgent = (at: number): Promise<readonly number[]> =>
    asking.evaluate(([s, n, c, g]) => globalThis.tensors.sendUrgent(s, n, c, g), [
      at,
      URGENT_BYTES,
      URGENT_COUNT,
      URGENT_GAP_MS,
    ] as const)
  async function under(at: number, bulk: number): Promise<{ readonly times: readonly number[]; readonly bulk: number }> {
    const saturated = asking.evaluate(([s, n]) => globalThis.tensors.saturate(s, n), [bulk, BULK_BYTES] as const)
    const times = await urgent(at)
    await asking.evaluate(() => globalThis.tensors.stopSaturating())
    return { times, bulk: await saturated }
  }
  // the first ones compile what later ones only run; a machine is not equally busy all the time, so idle is measured around the others
  await urgent(alone)
  const idle = [...(await urgent(alone))]
  const beside = await under(alone, together)
  idle.push(...(await urgent(alone)))
  const within = await under(together, together)
  idle.push(...(await urgent(alone)))
  return { idle, beside, within, raw: await rawTrips(pair) }
}

/** Milliseconds there and back of as many bytes on a bare data channel. */
async function rawTrips({ asking, answering }: Pair): Promise<readonly number[]> {
  await joinRaw(asking, answering)
  const trips: number[] = []
  for (let trip = 0; trip < URGENT_COUNT; trip++) {
    trips.push(await asking.evaluate(rawEcho, URGENT_BYTES))
    await asking.waitForTimeout(URGENT_GAP_MS)
  }
  return trips
}

async function measure(browser: Browser, box: Box): Promise<BenchReport> {
  const pair = await acquaint(browser, box)
  const { raw, plain, tensor, packed } = await goodput(pair)
  const { idle, beside, within, raw: trips } = await urgency(pair)
  const ours = median(tensor)
  const delay = (name: string, times: readonly number[], statistic: (values: readonly number[]) => number, aim?: number) => ({
    name,
    unit: 'ms',
    better: 'lower' as const,
    ours: statistic(times),
    theirs: { name: 'the same while nothing else is sent', value: statistic(idle) },
    ...(aim === undefined ? {} : { aim }),
  })
  const bulk = (name: string, value: number): Measurement => ({
    name,
    unit: 'MB/s',
    better: 'higher',
    ours: value,
    theirs: { name: 'bulk alone', value: ours },
  })
  return {
    title: `Tensors between two browsers over WebRTC: ${BYTES / 1e6} MB, ${ROUNDS} times, in turns; ${URGENT_COUNT} urgent ones of ${URGENT_BYTES / 1000} KB`,
    notes: [
      'Until the other side has acknowledged everything. Beside: a bare data channel between the same two windows, and a plain stream of the mesh between the same two workers.',
      `Urgent: each until it is acknowledged and the next ${URGENT_GAP_MS} ms later, while another session, or the same one, sends bulk without a break.`,
    ],
    measurements: [
      {
        name: 'goodput',
        unit: 'MB/s',
        better: 'higher',
        ours,
        theirs: { name: 'raw RTCDataChannel', value: median(raw) },
        aim: 0.95,
      },
      { name: 'goodput', unit: 'MB/s', better: 'higher', ours, theirs: { name: 'libp2p stream', value: median(plain) } },
      {
        name: 'goodput of what shrinks',
        unit: 'MB/s',
        better: 'higher',
        ours: median(packed),
        theirs: { name: 'raw RTCDataChannel', value: median(raw) },
      },
      {
        name: 'urgent while nothing else is sent, p50',
        unit: 'ms',
        better: 'lower',
        ours: median(idle),
        theirs: { name: 'raw RTCDataChannel, there and back', value: median(trips) },
      },
      delay('urgent beside bulk of another session, p95', beside.times, p95, 0.5),
      delay('urgent beside bulk of another session, p50', beside.times, median),
      bulk('bulk meanwhile', beside.bulk),
      delay('urgent within a session full of bulk, p95', within.times, p95, 0.5),
      delay('urgent within a session full of bulk, p50', within.times, median),
      bulk('bulk meanwhile', within.bulk),
    ],
  }
}

export async function run(): Promise<BenchReport> {
  const built = await buildPage('bench/tensor')
  try {
    return await withBrowser(built.web, measure)
  } finally {
    await built.remove()
  }
}
