import { expect } from '@playwright/test'
import { communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import { shardOffer, shardWithdraw, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { findFirefox } from '../../../scripts/lib/browser.mjs'
import { busOf } from '../support/bus.ts'
import { bringModel, heardAt, MODEL, SLOWLY, turnComputingOn } from '../support/computing.ts'
import { type Firefox, startFirefox } from '../support/firefox.ts'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { joinBy, publishClaim, seesDirectly, settleIn, turnClaimsOn, visit } from '../support/steps.ts'
import { said } from '../support/together.ts'

const EXECUTABLE = findFirefox()
const GREEDY = { temperature: 0 }
const TOKENS = 16

// biome-ignore lint/suspicious/noSkippedTests: only where there is no Firefox to be had, and then with its reason
test.skip(EXECUTABLE === null, 'no Firefox on this machine (Debian: apt-get install firefox-esr, or FIREFOX_PATH)')

async function foundsIssum(anna: Firefox): Promise<void> {
  await anna.fill('Dein Name', 'Anna')
  await anna.press('Los geht’s')
  await anna.press('Später')
  await anna.fill('Name der Gemeinschaft', 'Issum')
  await anna.press('Gemeinschaft gründen')
  await anna.sees('Hallo, Anna')
}

test('Anna in Firefox and Bert in Chromium found, join, read each other, and go on when the box is gone', async ({
  box,
  device,
}) => {
  test.setTimeout(180_000)
  const anna = await startFirefox(EXECUTABLE ?? '')
  try {
    await anna.open(box.url)
    await foundsIssum(anna)
    await anna.visit('/invite')
    await anna.press('Einladung erstellen')
    const link = await anna.textOf('Einladungslink')

    const { page: bert } = await device('Bert', { tolerates: NO_BOX })
    await joinBy(bert, link, 'Bert')
    await seesDirectly(bert, 'Anna')
    await anna.visit('/')
    await anna.sees(/Bert.*direkt verbunden · \d+ ms/)

    await anna.visit('/claims')
    await anna.press('Einschalten')
    await anna.visit('/claims/new')
    await anna.fill('Worum geht es', 'Brücke')
    await anna.fill('Was davon', 'ist')
    await anna.fill('Angabe', 'gesperrt')
    await anna.press('Aussage veröffentlichen')
    await anna.sees('geprüft, sie stimmt')
    await turnClaimsOn(bert)
    await bert.getByRole('list', { name: 'Liste der Aussagen' }).getByRole('link').first().click()
    await expect(bert.getByText('geprüft, sie stimmt')).toBeVisible()

    expect(anna.problems).toEqual([])
    await anna.keptForOffline()
    await box.unplug()
    await publishClaim(bert, { subject: 'Turnhalle', predicate: 'ist', object: 'Sammelpunkt' })
    await anna.visit('/claims')
    await anna.sees('Sammelpunkt')
    await visit(bert, '/')
    await expect(bert.getByText(/direkt verbunden · \d+ ms/).first()).toBeVisible()

    await anna.reload()
    await anna.sees('Sammelpunkt')
  } finally {
    await anna.close()
  }
})

test('Firefox and Chromium compute for each other, and say what each says alone (DLM-3, DLM-11)', async ({ box, device }) => {
  test.slow()
  const firefox = await startFirefox(EXECUTABLE ?? '')
  try {
    await firefox.open(box.url)
    await foundsIssum(firefox)
    const { invite } = await firefox.bus.call(communityInvite, { level: 'trusted', valid_seconds: 3600, uses: 1 })
    const { page } = await device('Bert', { tolerates: NO_BOX })
    await page.goto(box.url)
    await settleIn(page, 'Bert')
    const chromium = busOf(page)
    await chromium.call(communityRedeem, { invite })
    await seesDirectly(page, 'Anna')
    for (const bus of [firefox.bus, chromium]) {
      await turnComputingOn(bus)
      await bringModel(bus)
      await bus.call(sharingSet, { share: true })
    }

    const alone = await said(chromium, MODEL, GREEDY, 'local', TOKENS)
    expect(alone).toMatchObject({ backend: 'wasm', tokens: TOKENS })
    expect(await said(firefox.bus, MODEL, GREEDY, 'local', TOKENS)).toEqual(alone)
    for (const [asks, computes] of [
      [chromium, firefox.bus],
      [firefox.bus, chromium],
    ] as const) {
      const { shard_id } = await computes.call(shardOffer, { model: MODEL, layers: { from: 0, to: 5 } })
      await expect.poll(() => heardAt(asks), SLOWLY).toEqual([shard_id])
      expect(await said(asks, MODEL, GREEDY, 'pipeline', TOKENS)).toEqual(alone)
      const [offer] = (await computes.call(sharingGet, {})).offers
      expect(offer?.served_tokens, 'It went through the other one').toBeGreaterThan(TOKENS)
      await computes.call(shardWithdraw, { shard_id })
      await expect.poll(() => heardAt(asks), SLOWLY).toEqual([])
    }
    expect(firefox.problems).toEqual([])
  } finally {
    await firefox.close()
  }
})

test('Anna asks the model that comes with the app in Firefox, and it answers', async ({ box }) => {
  test.slow()
  const anna = await startFirefox(EXECUTABLE ?? '')
  try {
    await anna.open(box.url)
    await foundsIssum(anna)
    await anna.visit('/settings')
    await anna.press('Erprobung einschalten')
    await anna.press('Gemeinsames Sprachmodell Viele kleine Geräte rechnen zusammen')
    // the way to it comes with the switch
    await anna.sees('Fragen')
    await anna.visit('/ask')
    await anna.fill('Deine Frage', 'Wie mache ich Wasser trinkbar?\n')
    await anna.sees('Fertig.')
    await anna.sees(/kochen/i)
    await anna.sees(/auf dem Prozessor, nicht auf einer Grafikkarte/)
    expect(anna.problems).toEqual([])
  } finally {
    await anna.close()
  }
})
