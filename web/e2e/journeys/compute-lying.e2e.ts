import { expect, type Page } from '@playwright/test'
import { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { busOf } from '../support/bus.ts'
import { ask, askedBy, idOf, newestAt, planAt, rambling, settleComputing } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'

test.use({ withoutServiceWorker: true })

/** One of sixteen is checked: of so many after a lie all pass unchecked once in twenty thousand answers. */
const TOKENS = 160
const LAYERS = { from: 0, to: 5 }

/** What a device may give instead of what it computed. */
type Lie = 'scaled' | 'one element' | 'no number'
const LIES: readonly { readonly lie: Lie; readonly what: string }[] = [
  { lie: 'scaled', what: 'a twentieth too much' },
  { lie: 'one element', what: 'one element that is wrong' },
  { lie: 'no number', what: 'what is no number' },
]

/** Has a device's compute worker give the node something else than it computed, from now on; the node signs and sends it as ever. */
async function liesFromNow(page: Page, lie: Lie): Promise<void> {
  const worker = page.workers().find((one) => one.url().includes('compute.worker'))
  expect(worker, 'it computes').toBeDefined()
  await worker?.evaluate((kind) => {
    const tell = self.postMessage.bind(self)
    self.postMessage = (message: unknown, given?: StructuredSerializeOptions | Transferable[]) => {
      const { value: hidden } = Object(message)
      if (hidden instanceof Float32Array) {
        const mean = Math.sqrt(hidden.reduce((sum, value) => sum + value * value, 0) / hidden.length)
        if (kind === 'scaled') hidden.set(hidden.map((value) => value * 1.05))
        if (kind === 'one element') hidden[hidden.length - 4] = (hidden.at(-4) ?? 0) + 8 * mean
        if (kind === 'no number') hidden[0] = Number.NaN
      }
      // both of its forms take what moves
      tell(message, Array.isArray(given) ? { transfer: given } : given)
    }
  }, lie)
}

test('Who gives something else than it computed is found out, and the answer is the true one (DLM-6)', async ({
  box,
  device,
}) => {
  test.slow()
  const { asker, others } = await settleComputing(
    box.url,
    device,
    ['Bernd', 'Clara', 'Dora', 'Emil'].map((name) => ({ name, layers: LAYERS })),
  )
  const { page } = asker
  const pages = new Map(await Promise.all(others.map(async (other) => [await idOf(other.page), other.page] as const)))
  const mistrusted = async () => {
    const { nodes } = await busOf(page).call(shardDirectory, {})
    return nodes.flatMap(({ node_id, faults }) => (faults > 0 ? [node_id] : [])).sort()
  }
  await askedBy(page, 'Nur dieses Gerät')
  await rambling(page, TOKENS)
  const alone = await ask(page)
  expect(await mistrusted(), 'Nobody lied so far').toEqual([])

  const liars: string[] = []
  for (const { lie, what } of LIES)
    await test.step(what, async () => {
      await askedBy(page, 'Gemeinsam mit anderen')
      await rambling(page, TOKENS)
      const said = await ask(page, async () => {
        const liar = (await newestAt(page))?.stages.at(0)?.node_id ?? undefined
        const device = pages.get(liar)
        if (!liar || !device) throw new Error('one of the four computes')
        liars.push(liar)
        await liesFromNow(device, lie)
      })
      expect(said).toBe(alone)
      await expect(page.getByText(/hat (falsch|etwas Unmögliches) gerechnet/), 'The person is told').toBeVisible()
      expect(await mistrusted()).toEqual([...liars].sort())
      const { stages } = await planAt(page)
      expect(liars).not.toContain(stages[0]?.node_id)
    })
})
