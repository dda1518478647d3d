import { expect, type Page } from '@playwright/test'
import { chat, pipelineRun, shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { sharingGet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { busOf, type Heard } from '../support/bus.ts'
import {
  ask,
  askedBy,
  hearsOf,
  idOf,
  MODEL,
  newestAt,
  planAt,
  rambling,
  SLOWLY,
  settleComputing,
} from '../support/computing.ts'
import { test } from '../support/fixtures.ts'

test.use({ withoutServiceWorker: true })

const workerOf = (page: Page, name: string) => page.workers().find((worker) => worker.url().includes(name))
const nodeOf = (page: Page) => workerOf(page, 'node.worker')

/** Runs before the app: keeps its connections where a journey can cut them. */
function keepConnections(): void {
  const kept: RTCPeerConnection[] = []
  Reflect.set(window, 'connections', kept)
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(Original, args: [RTCConfiguration?]) {
      const connection = new Original(...args)
      kept.push(connection)
      return connection
    },
  })
}

/** Seconds of an answer: what the app's own model says of itself is over before a tab is closed. */
const TOKENS = 250
/** Longer than anybody waits for it. */
const STALLED_MS = 25_000
/** Longer than a step is waited for before the spare gives its own, and not so long that anybody is given up. */
const MOMENT_MS = 1500
/** Longer than one is waited for whose layers others have, and shorter than one is whose layers nobody has: who answers tells which it was. */
const SILENT_MS = 9000

/** Has a device's node answer nothing for a while, and leave the processor to the others meanwhile. */
async function standStill(page: Page, forMs: number): Promise<void> {
  await nodeOf(page)?.evaluate((ms) => {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    setTimeout(() => Atomics.wait(new Int32Array(buffer), 0, 0, ms))
  }, forMs)
}

/** What one says while another one that computes is still told of and answers nothing any more: a lid was closed a moment ago. */
async function askedPast(page: Page, pages: ReadonlyMap<string | null | undefined, Page>): Promise<void> {
  const bus = busOf(page)
  const question = { model: MODEL, messages: [{ role: 'user' as const, content: 'Wasser?' }], max_tokens: 16 }
  const alone = await bus.hear(chat, { ...question, computed_by: 'local' })
  const { pipeline_id, stages } = await planAt(page)
  const silent = stages.at(-1)?.node_id
  const device = pages.get(silent)
  expect(device, 'one of the two is to compute the upper layers').toBeDefined()
  if (device) await standStill(device, SILENT_MS)
  const together = await bus.hear(pipelineRun, { ...question, pipeline_id })
  const { nodes } = await bus.call(shardDirectory, {})
  expect(nodes.map(({ node_id }) => node_id)).toContain(silent)
  expect(textOf(together)).toBe(textOf(alone))
  const answer = await newestAt(page)
  expect(answer).toMatchObject({ pipeline_id, state: 'completed', failovers: [] })
  const computed = answer?.stages.map(({ node_id }) => node_id)
  expect(computed).toHaveLength(stages.length)
  expect(computed).not.toContain(silent)
  expect(computed).not.toContain(null)
  // whoever asks again does not wait once more
  const next = await planAt(page)
  expect(next.stages.map(({ node_id }) => node_id)).not.toContain(silent)
  // told of it is all the while: only itself can say that it is back
  if (device) await nodeOf(device)?.evaluate(() => undefined)
  await hearsOf(page, pages.size)
}

/** What it offers is in its memory, and not only told of. */
const computesAgain = (page: Page): Promise<void> =>
  expect
    .poll(async () => {
      const { used_bytes, offers } = await busOf(page).call(sharingGet, {})
      return used_bytes > 0 && offers.every(({ state }) => state === 'ready')
    }, SLOWLY)
    .toBe(true)

const textOf = ({ frames }: Pick<Heard<typeof chat>, 'frames'>): string =>
  frames.map((frame) => (frame.frame === 'token_delta' ? frame.text : '')).join('')

interface End {
  readonly what: string
  readonly strike: (page: Page) => Promise<unknown>
  /** Whether it comes back by itself. */
  readonly returns: boolean
  /** Nobody is told that it is gone: the spare, let at the late step, may have said the rest before its time is over. */
  readonly silent?: boolean
  /** It is late and comes back, which the person is told. */
  readonly late?: boolean
}

/** What becomes of a device in the middle of a sentence. */
const ENDS: readonly End[] = [
  {
    what: 'it stands still for a moment',
    strike: (page) => standStill(page, MOMENT_MS),
    returns: true,
    silent: true,
    late: true,
  },
  {
    what: 'its connections are cut',
    strike: (page) =>
      page.evaluate(() => {
        for (const connection of Reflect.get(window, 'connections')) connection.close()
      }),
    returns: true,
  },
  { what: 'its worker dies', strike: async (page) => nodeOf(page)?.evaluate(() => self.close()), returns: true, silent: true },
  {
    what: 'its compute worker dies',
    strike: async (page) => workerOf(page, 'compute.worker')?.evaluate(() => self.close()),
    returns: true,
    silent: true,
  },
  {
    what: 'it answers nothing any more',
    strike: (page) => standStill(page, STALLED_MS),
    returns: true,
    silent: true,
  },
  { what: 'its tab is closed', strike: (page) => page.close(), returns: false },
]

test('A sentence goes on word for word, whatever becomes of one that computes it (DLM-4)', async ({ box, device }) => {
  test.slow()
  const { asker, others } = await settleComputing(
    box.url,
    async (name, options) => {
      const one = await device(name, options)
      await one.context.addInitScript(keepConnections)
      return one
    },
    [
      { name: 'Bernd', layers: { from: 0, to: 2 } },
      { name: 'Clara', layers: { from: 3, to: 5 } },
      { name: 'Dora', layers: { from: 3, to: 5 } },
    ],
  )
  const { page } = asker
  const pages = new Map(await Promise.all(others.map(async (other) => [await idOf(other.page), other.page] as const)))
  await test.step('it is silent when the question is asked', () => askedPast(page, pages))
  await askedBy(page, 'Nur dieses Gerät')
  await rambling(page, TOKENS)
  const alone = await ask(page)
  for (const { what, strike, returns, silent = false, late = false } of ENDS)
    await test.step(what, async () => {
      await askedBy(page, 'Gemeinsam mit anderen')
      await rambling(page, TOKENS)
      let struckAt = Number.NaN
      let struck: Awaited<ReturnType<typeof idOf>>
      const said = await ask(page, async () => {
        struck = (await newestAt(page))?.stages.at(-1)?.node_id ?? undefined
        const device = pages.get(struck)
        expect(device, 'one of the two computes the upper layers').toBeDefined()
        struckAt = Date.now()
        if (device) await strike(device)
      })
      expect(said).toBe(alone)
      const answer = await newestAt(page)
      expect(answer).toMatchObject({ state: 'completed' })
      expect(Date.now() - struckAt).toBeLessThan(STALLED_MS)
      // somebody else said the rest, in its place or beside it
      const [last] = answer?.stages.slice(-1) ?? []
      expect(last?.node_id !== struck || last?.late.some(({ from }) => from === struck)).toBe(true)
      if (!silent || answer?.failovers.length !== 0)
        expect(answer).toMatchObject({ failovers: [{ layers: { from: 3, to: 5 }, taken_over: true }] })
      if (late) {
        expect(answer?.stages.flatMap((stage) => stage.late).length).toBeGreaterThan(0)
        await expect(page.getByText(/^Das Gerät von (Clara|Dora) war .* spät dran\./)).toBeVisible()
      }
      if (!returns) return
      await hearsOf(page, 3)
      const back = pages.get(struck)
      if (back) await computesAgain(back)
    })
})
