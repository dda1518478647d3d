import { expect, type Page } from '@playwright/test'
import { communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { modelImport, modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { pipelinePlan, pipelineStatus, shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { shardOffer, shardWithdraw, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { busOf, type PageBus } from './bus.ts'
import type { Device, DeviceOptions } from './fixtures.ts'
import { found, settleIn, visit } from './steps.ts'

/** Neighbours who compute one model together, in real browsers. */

export const MODEL = DISTRIBUTED_LLM_DEMONSTRATION_MODEL
const QUESTION = 'Wie mache ich Wasser trinkbar?'
export const SLOWLY = { timeout: 90_000 }
/** What a browser says of a neighbour that goes. */
const GOING: DeviceOptions = { tolerates: [/WebRTC|ERR_|data ?channel|RTC/i] }

/** Brings the app's own model to this device. */
export async function bringModel(bus: PageBus): Promise<void> {
  const stateOf = async () => (await bus.call(modelList, {})).models.find(({ model }) => model === MODEL)?.state
  if ((await stateOf()) !== 'ready') await bus.call(modelImport, { model: MODEL, from: 'app' })
  await expect.poll(stateOf, SLOWLY).toBe('ready')
}

export const idOf = async (page: Page) => (await busOf(page).call(nodeStatus, {})).identity?.node_id

export async function turnComputingOn(bus: PageBus): Promise<void> {
  await bus.call(configSet, {
    distributed_llm: { enabled: true },
    policy: { research: { enable: true, enabled_capabilities: ['experimental.*'] } },
  })
}

interface Offered {
  readonly name: string
  readonly layers: { readonly from: number; readonly to: number }
}

export interface Computing {
  readonly asker: Device
  readonly others: readonly Device[]
}

/**
 * Anna founds, the others join as trusted and offer their layers; whoever asks has the whole model.
 * @param prepare done with each device before it knows of computing
 */
export async function settleComputing(
  url: string,
  device: (name: string, options?: DeviceOptions) => Promise<Device>,
  offers: readonly Offered[],
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Computing> {
  const asker = await device('Anna', GOING)
  await found(asker.page, url, 'Anna', 'Issum')
  await prepare(asker.page)
  await turnComputingOn(busOf(asker.page))
  const { invite } = await busOf(asker.page).call(communityInvite, { level: 'trusted', valid_seconds: 3600, uses: 20 })
  const others: Device[] = []
  for (const { name, layers } of offers) {
    const other = await device(name, GOING)
    others.push(other)
    await other.page.goto(url)
    await settleIn(other.page, name)
    await busOf(other.page).call(communityRedeem, { invite })
    await prepare(other.page)
    await turnComputingOn(busOf(other.page))
    await bringModel(busOf(other.page))
    await busOf(other.page).call(sharingSet, { share: true })
    await busOf(other.page).call(shardOffer, { model: MODEL, layers })
  }
  await bringModel(busOf(asker.page))
  await hearsOf(asker.page, others.length)
  return { asker, others }
}

export const hearsOf = (page: Page, count: number): Promise<void> =>
  expect
    .poll(
      async () => (await busOf(page).call(shardDirectory, {})).nodes.filter(({ shards }) => shards.length > 0).length,
      SLOWLY,
    )
    .toBe(count)

/** The shards that this device could compute with. */
export const heardAt = async (bus: PageBus): Promise<string[]> =>
  (await bus.call(shardDirectory, {})).nodes.flatMap(({ shards }) => shards.map(({ shard_id }) => shard_id)).sort()

/** Has as many of the others as are wanted share a model evenly, and offer nothing else; the rest of them offer nothing. */
export async function shareEvenly({ asker, others }: Computing, model: string, layers: number, parts: number): Promise<void> {
  const shared: string[] = []
  for (const [at, { page }] of others.entries()) {
    const bus = busOf(page)
    for (const { shard_id } of (await bus.call(sharingGet, {})).offers) await bus.call(shardWithdraw, { shard_id })
    if (at >= parts) continue
    const [from, to] = [Math.floor((at * layers) / parts), Math.floor(((at + 1) * layers) / parts) - 1]
    shared.push((await bus.call(shardOffer, { model, layers: { from, to } })).shard_id)
  }
  await expect.poll(() => heardAt(busOf(asker.page)), SLOWLY).toEqual(shared.sort())
}

export const planAt = async (page: Page) => (await busOf(page).call(pipelinePlan, { model: MODEL })).plan
/** The newest answer there. */
export const newestAt = async (page: Page) => (await busOf(page).call(pipelineStatus, {})).pipelines.at(-1)

const answerAt = (page: Page) => page.getByRole('region', { name: `Antwort auf: ${QUESTION}` }).last()
const wordsAt = (page: Page) => answerAt(page).locator('[aria-live]').first()

/** Opens the page on which one asks, in a new conversation. */
export async function askedBy(page: Page, who: 'Nur dieses Gerät' | 'Gemeinsam mit anderen'): Promise<void> {
  await visit(page, '/ask')
  const again = page.getByRole('button', { name: 'Neues Gespräch' })
  if (await again.isVisible()) await again.click()
  const choice = page.getByLabel('Wer rechnen soll')
  if (!(await choice.isVisible())) await page.getByText('Mehr', { exact: true }).click()
  await choice.selectOption({ label: who })
}

/** Has the next answers ramble to this length, the same in every way of computing them: there is time for something to happen amid. */
export async function rambling(page: Page, tokens: number): Promise<void> {
  await page.getByLabel('Wie frei formuliert wird').fill('1.5')
  await page.getByLabel('Höchste Länge in Wortstücken').fill(`${tokens}`)
  await page.getByLabel('Wiederholungen meiden').fill('2')
  await page.getByLabel('Startzahl').fill('7')
}

/** Asks in the window. @param amid what happens in the middle of the answer @returns the words of the answer at its end */
export async function ask(page: Page, amid: () => Promise<void> = async () => undefined): Promise<string> {
  await page.getByRole('textbox', { name: 'Deine Frage' }).fill(QUESTION)
  await page.getByRole('button', { name: 'Fragen', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Wer mitrechnet, kann mitlesen' })
  await expect(dialog.or(wordsAt(page))).toBeVisible(SLOWLY)
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Einverstanden' }).click()
  // an expectation looks again after a second only, when a short answer is nearly over
  await wordsAt(page)
    .filter({ hasText: /\p{L}{3}/u })
    .waitFor(SLOWLY)
  await amid()
  const over = answerAt(page).getByText(/^(Fertig\.|Hier endet, was als Länge eingestellt ist\.)$/)
  await expect(over).toBeVisible({ timeout: 120_000 })
  return (await wordsAt(page).textContent()) ?? ''
}
