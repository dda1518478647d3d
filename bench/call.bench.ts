import type { Browser, Page } from 'playwright'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Box } from '../relay/box.ts'
import type { BenchReport, Measurement } from './report.ts'
import { openPage, withPages } from './support/bench-page.ts'
import { joinRaw, rawEcho } from './support/raw-channel.ts'
import { median, p95 } from './support/statistics.ts'
import { until } from './support/until.ts'

/**
 * A call on the bus between two browsers, beside a bare data channel and streams of libp2p. Aim: at most twice the bare channel. Fair: the same
 * two pages, the same bytes, in turns; unfair to us: the bare channel checks nothing and nobody.
 */
const BYTES = 4096
const ROUNDS = 120
/** A peer serves ten calls of one capability in a second (BUS-6): all kinds of echo keep this pace, in turns. */
const PACE_MS = 110

interface Pair {
  readonly asking: Page
  readonly peer: NodeId
}

/** Two browsers, one community, directly connected, and a bare data channel between the same two windows. */
async function acquaint(browser: Browser, box: Box): Promise<Pair> {
  const [echoing, asking] = [await openPage(browser, box), await openPage(browser, box)]
  const boxes = [...box.multiaddrs]
  const peer = await echoing.evaluate((o) => globalThis.bench.startWholeNode(o), { boxes, name: 'Ada' })
  await asking.evaluate((o) => globalThis.bench.startWholeNode(o), { boxes, name: 'Berta' })
  const invite = await echoing.evaluate(() => globalThis.bench.foundAndInvite())
  await asking.evaluate((text) => globalThis.bench.redeem(text), invite)
  await until(() => asking.evaluate(async (id) => (await globalThis.bench.directPeers()).includes(id), peer))
  await joinRaw(asking, echoing)
  return { asking, peer }
}

interface Echoes {
  readonly bus: number[]
  readonly open: number[]
  readonly fresh: number[]
  readonly raw: number[]
  readonly local: number[]
}

async function listen({ asking, peer }: Pair): Promise<Echoes> {
  const echoes: Echoes = { bus: [], open: [], fresh: [], raw: [], local: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    echoes.bus.push(await asking.evaluate(([id, n]) => globalThis.bench.busEcho(id, n), [peer, BYTES] as const))
    echoes.raw.push(await asking.evaluate(rawEcho, BYTES))
    const { open, fresh } = await asking.evaluate(([id, n]) => globalThis.bench.streamEcho(id, n), [peer, BYTES] as const)
    echoes.open.push(open)
    echoes.fresh.push(fresh)
    echoes.local.push(await asking.evaluate((n) => globalThis.bench.busEcho(null, n), BYTES))
    await asking.waitForTimeout(Math.max(0, PACE_MS - (performance.now() - begun)))
  }
  return echoes
}

async function measure(browser: Browser, box: Box): Promise<BenchReport> {
  const { bus, open, fresh, raw, local } = await listen(await acquaint(browser, box))
  const rows = (statistic: (values: readonly number[]) => number, name: string, aim?: number): readonly Measurement[] => {
    const lower = { unit: 'ms', better: 'lower', ours: statistic(bus) } as const
    return [
      {
        name: `call on the bus, ${name}`,
        ...lower,
        theirs: { name: 'raw RTCDataChannel', value: statistic(raw) },
        ...(aim === undefined ? {} : { aim }),
      },
      { name: `call on the bus, ${name}`, ...lower, theirs: { name: 'new libp2p stream', value: statistic(fresh) } },
      { name: `call on the bus, ${name}`, ...lower, theirs: { name: 'open libp2p stream', value: statistic(open) } },
      { name: `the same call answered here, ${name}`, unit: 'ms', better: 'lower', ours: statistic(local) },
    ]
  }
  return {
    title: `A call of ${BYTES} bytes between two browsers, there and back, ${ROUNDS} times`,
    notes: [
      `node.echo on the bus between two node workers (a new stream, request, checks, answer) beside one message each way on a bare data channel between the same two windows, and a frame each way on a libp2p stream, new or kept open. In turns, one after the other, each ${PACE_MS} ms apart. Aim: at most twice the raw channel, a ratio of 0.5.`,
    ],
    measurements: [...rows(median, 'p50', 0.5), ...rows(p95, 'p95', 0.5)],
  }
}

export const run = (): Promise<BenchReport> => withPages(0, measure)
