import type { Browser } from 'playwright'
import { ulidOf } from '../../client/encoding.ts'
import { member } from '../../harness/case.ts'
import type { Random } from '../../harness/random.ts'
import type { Feature, Target } from '../../harness/target.ts'
import { createInvites } from '../invites.ts'
import { openApp } from './app.ts'
import { openPeerPage } from './peer-page.ts'

const FEATURES: readonly Feature[] = [
  'call',
  'wire',
  'bytes',
  'sync',
  'gossip',
  'between',
  'inbound',
  'box',
  'person',
  'stream',
  'self-test',
  'restart',
  'kill',
]
/** From a started tab to a node that answers and stands at its box. */
const UP_MS = 20_000

export interface BrowserOptions {
  /** Of the app, as soon as its box serves it. */
  readonly url: Promise<string>
  /** Where the built peer page lies. */
  readonly peerPage: string
  readonly fault: string | null
  readonly random: Random
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Our app in one browser, the suite's peers in a page of their own, a box in between. */
export async function openBrowserTarget(browser: Browser, options: BrowserOptions): Promise<Target> {
  const { url, random } = options
  const [app, page] = await Promise.all([
    url.then((at) => openApp(browser, at, { fault: options.fault, ulid: () => ulidOf(Date.now(), random.bytes(10)) })),
    openPeerPage(browser, options.peerPage),
  ])
  const { seat } = app
  await app.settle()
  const nodeId = String(member(await seat.ask('node.status', {}), 'output', 'identity', 'node_id'))
  const community = String(member(await seat.ask('community.get', {}), 'output', 'community', 'community_id'))
  /** The node answers its person and its box has a place for it. */
  async function up(): Promise<void> {
    const until = Date.now() + UP_MS
    while (Date.now() < until) {
      const states = member(await seat.ask('node.peers', {}), 'output', 'boxes')
      if (Array.isArray(states) && states.some((state) => member(state, 'state') === 'connected')) return
      await pause(50)
    }
    throw new Error('the node under test does not reach its box')
  }
  await up()
  const invite = createInvites(seat)
  // a box of ours on this machine is reached by websocket
  const boxes = (await invite('member')).relays.filter((address) => address.includes('/ws'))
  // what is tried out is held to its rules as well; everything else stays as a person finds it
  await seat.ask('config.set', {
    evidence: { enabled: true },
    lora: { enabled: true },
    civdef: { enabled: true },
    distributed_llm: { enabled: true },
    tensor_transport: { enabled: true },
    policy: { research: { enable: true } },
  })

  return {
    kind: 'browser',
    features: new Set(FEATURES),
    nodeId,
    community,
    invite,
    connect: (identity) => page.connect(identity, nodeId, boxes),
    seat,
    codec: null,
    async kill() {
      await app.crash()
      await up()
    },
    async restart() {
      await app.reload()
      await up()
    },
    problems: () => app.problems,
    async stop() {
      await Promise.all([app.close(), page.close()])
    },
  }
}
