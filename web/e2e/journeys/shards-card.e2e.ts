import { expect, type Page } from '@playwright/test'
import { communityGet, communityPromote } from '#protocol/community/capabilities.ts'
import { shardOffer, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { launchOptions } from '../../../scripts/lib/browser.mjs'
import { busOf } from '../support/bus.ts'
import { storeModel } from '../support/compute.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, seesDirectly, turnAskingOn, visit } from '../support/steps.ts'

const { args = [], ...options } = launchOptions()
const SOFTWARE = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
test.use({
  withoutServiceWorker: true,
  launchOptions: { ...options, args: [...args.filter((flag: string) => flag !== '--disable-gpu'), ...SOFTWARE] },
})

const QUESTION = 'Wo ist Wasser?'
/** Software takes seconds for each. */
const TOKENS = '4'
const SLOWLY = { timeout: 120_000 }

const hasCard = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const gpu = 'gpu' in navigator ? (navigator.gpu as { requestAdapter(): Promise<unknown> }) : null // typed nowhere yet
    return gpu !== null && (await gpu.requestAdapter()) !== null
  })

async function ask(page: Page, who: string): Promise<string> {
  await page
    .getByRole('button', { name: 'Neues Gespräch' })
    .click({ timeout: 2000 })
    .catch(() => undefined)
  await page.getByLabel('Wer rechnen soll').selectOption({ label: who })
  await page.getByRole('textbox', { name: 'Deine Frage' }).fill(QUESTION)
  await page.getByRole('button', { name: 'Fragen', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Wer mitrechnet, kann mitlesen' })
  const answer = page.getByRole('region', { name: `Antwort auf: ${QUESTION}` }).last()
  const over = answer.getByText(/^(Fertig\.|Hier endet, was als Länge eingestellt ist\.)$/)
  await expect(dialog.or(over)).toBeVisible(SLOWLY)
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Einverstanden' }).click()
  await expect(over).toBeVisible(SLOWLY)
  return (await answer.locator('[aria-live]').first().textContent()) ?? ''
}

test('Two devices with graphics cards, here of software, say together what one of them says alone', async ({ box, device }) => {
  test.slow()
  const anna = await device('Anna', { tolerates: [/WebRTC|data ?channel/i] })
  const bernd = await device('Bernd')
  await found(anna.page, box.url, 'Anna', 'Issum')
  // biome-ignore lint/suspicious/noSkippedTests: said in the report, where there is no card to test
  test.skip(!(await hasCard(anna.page)), 'this browser has no WebGPU')
  await joinBy(bernd.page, await invite(anna.page), 'Bernd')
  const [near, far] = [busOf(anna.page), busOf(bernd.page)]
  const bernds = async () =>
    (await near.call(communityGet, {})).community?.members.find(({ display_name }) => display_name === 'Bernd')?.node_id
  await expect.poll(bernds).toBeDefined()
  const subject = await bernds()
  if (subject) await near.call(communityPromote, { subject, level: 'trusted' })
  await seesDirectly(anna.page, 'Bernd')
  for (const { page } of [anna, bernd]) await storeModel(page)
  for (const { page } of [anna, bernd]) await turnAskingOn(page)
  await far.call(sharingSet, { share: true })
  await far.call(shardOffer, { model: 'tiny', layers: { from: 0, to: 7 } })
  expect(await far.call(sharingGet, {})).toMatchObject({ backend: 'webgpu', offers: [{ state: 'ready' }] })

  const { page } = anna
  await visit(page, '/ask')
  await page.getByRole('combobox', { name: 'Modell' }).selectOption('tiny')
  await page.getByText('Mehr', { exact: true }).click()
  await page.getByLabel('Höchste Länge in Wortstücken').fill(TOKENS)
  const alone = await ask(page, 'Nur dieses Gerät')
  expect(alone.length).toBeGreaterThan(0)
  await expect.poll(async () => (await far.call(sharingGet, {})).offers.map(({ served_tokens }) => served_tokens)).toEqual([0])
  expect(await ask(page, 'Gemeinsam mit anderen')).toBe(alone)
  const { offers } = await far.call(sharingGet, {})
  expect(offers[0]?.served_tokens).toBeGreaterThan(0)
})
