import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'
import type { Alert } from '#protocol/civdef/alert.ts'
import { alertAcks, alertCancel, alertPublish } from '#protocol/civdef/capabilities.ts'
import {
  ceremonyAccept,
  ceremonyIssue,
  ceremonyRequest,
  cosignAnswer,
  cosignList,
  cosignRequest,
} from '#protocol/civdef/desk-capabilities.ts'
import { rootSet } from '#protocol/civdef/place-capabilities.ts'
import { type CertId, type CertScope, secondsTime } from '#protocol/civdef/terms.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { found, invite, joinBy, keptForOffline, seesDirectly, visit } from '../support/steps.ts'

const HOUR = 3_600_000
const ISSUM = 'DE.NRW.Kleve.Issum'
const ISSUE: CertScope[] = ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue']

/** Alerts are a trial: each person switches them on. */
async function turnAlertsOn(page: Page): Promise<void> {
  await visit(page, '/settings')
  for (const name of ['Erprobung einschalten', /^Warnungen /]) {
    const trial = page.getByRole('switch', { name })
    await trial.click({ force: true })
    await expect(trial).toBeChecked()
  }
  await page.getByRole('navigation', { name: 'Bereiche' }).getByRole('link', { name: 'Warnungen' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Warnungen' })).toBeVisible()
}

async function livesIn(page: Page, letters: string, place: string): Promise<void> {
  await visit(page, '/alerts/place')
  await page.getByLabel('Stadt oder Gemeinde suchen').fill(letters)
  await page.getByRole('list', { name: 'Gefundene Orte' }).first().getByRole('button', { name: place }).click()
  await expect(page.getByRole('region', { name: 'Mein Ort' })).toContainText(place)
  await expect(page.getByRole('region', { name: 'Benachrichtigungen' })).toContainText('Erlaubt.')
}

const meAt = async (page: Page): Promise<NodeId> => {
  const { identity } = await busOf(page).call(nodeStatus, {})
  if (!identity) throw new Error('somebody')
  return identity.node_id
}

/** A certificate by the three steps of the ceremony. */
async function certify(issuer: Page, holder: Page, role: string, region: string, scopes = ISSUE): Promise<CertId> {
  const { text } = await busOf(holder).call(ceremonyRequest, {
    role,
    region,
    title: role.split('.').slice(-2).join(' '),
    scopes,
  })
  const expires_at = secondsTime(Date.now() + 300 * 24 * HOUR)
  const issued = await busOf(issuer).call(ceremonyIssue, { text, under: null, scopes, expires_at })
  await busOf(holder).call(ceremonyAccept, { text: issued.text })
  return issued.cert_id
}

type Draft = Pick<Alert, 'severity' | 'title' | 'body' | 'instructions' | 'variants' | 'publisher_cert'>

const draftOf = (said: Draft, drill = false) => ({
  ...said,
  language: 'de-DE',
  target: { region: ISSUM, roles: [], channels: ['local' as const, 'push' as const] },
  expires_at: secondsTime(Date.now() + 6 * HOUR),
  drill,
})

/** What stands as a notification on this device. Looked at by the lock of the app's own tabs: Chromium loses what is just being shown. */
const standing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    const all = await navigator.locks.request('hearthnet.notifications', async () => registration?.getNotifications())
    return all?.map(({ title }) => title) ?? []
  })

/**
 * Writes down what the app asks of the device for an alert, and what the browser's own function says to it: a count once the badge is
 * set, a shake with whether it was taken.
 */
function recordSigns(): void {
  const own: { badges: number[]; shakes: { pattern: unknown; taken: boolean }[] } = { badges: [], shakes: [] }
  Object.assign(window, { signs: own })
  const { setAppBadge, clearAppBadge, vibrate } = Navigator.prototype
  Object.defineProperties(navigator, {
    setAppBadge: { value: (count: number) => setAppBadge.call(navigator, count).then(() => void own.badges.push(count)) },
    clearAppBadge: { value: () => clearAppBadge.call(navigator).then(() => void own.badges.push(0)) },
    vibrate: {
      value: (pattern: number[]) => {
        const taken = vibrate.call(navigator, pattern)
        own.shakes.push({ pattern, taken })
        return taken
      },
    },
  })
}

interface Signs {
  readonly badges: readonly number[]
  readonly shakes: readonly { readonly pattern: unknown; readonly taken: boolean }[]
}
const signs = (page: Page): Promise<Signs> =>
  page.evaluate(() => JSON.parse(JSON.stringify('signs' in window ? window.signs : null)))

/** Tells a page that nobody can see it, or that somebody can again: what drives the browser holds every page in sight. */
const turnAway = (page: Page, state: DocumentVisibilityState): Promise<void> =>
  page.evaluate((next) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => next })
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => next === 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

/** What a machine can find, in the dark and in the light, on a phone and on a desk. */
async function expectNoBarrier(page: Page): Promise<void> {
  const barriers: string[] = []
  for (const [width, height, colorScheme] of [
    [360, 780, 'dark'],
    [1280, 900, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag22aa'])
      .analyze()
    barriers.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wide > 0) barriers.push(`${wide} px too wide at ${width}`)
  }
  expect(barriers).toEqual([])
}

const banner = (page: Page): Locator => page.getByRole('main').getByRole('region', { name: 'Warnungen' })
const refuse = async (call: Promise<unknown>): Promise<string> => call.then(String, String)

const CAP = `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>DE-XX-MUSTER-0001</identifier><sender>muster@leitstelle.example</sender><sent>SENT</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>de-DE</language><category>Fire</category><event>Rauch</event><urgency>Immediate</urgency><severity>Moderate</severity><certainty>Observed</certainty><expires>EXPIRES</expires><senderName>Leitstelle Muster (erfunden)</senderName><headline>Beispiel: Rauch über dem Ort</headline><description>Ein erfundener Brand.</description><instruction>Fenster schließen.</instruction><area><areaDesc>Issum</areaDesc><geocode><valueName>ARS</valueName><value>051540020020</value></geocode></area></info></alert>`
/** CAP 1.2 writes no `Z`. */
const capTime = (ms: number): string => secondsTime(ms).replace('Z', '+00:00')

test.use({ actionTimeout: 30_000 })

test('A warning for Issum reaches whoever lives there, once, and whoever lives in Geldern sees why it does not (CIV-5, CIV-8, CIV-12)', async ({
  box,
  device,
}) => {
  test.setTimeout(280_000)
  const options = { tolerates: NO_BOX, browser: { permissions: ['notifications'] } }
  const [{ page: anna }, { page: bert }, { page: cem }] = [
    await device('Anna', options),
    await device('Bert', options),
    await device('Cem', options),
  ]
  await bert.addInitScript(recordSigns)
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await joinBy(cem, await invite(anna), 'Cem')
  for (const page of [anna, bert, cem]) await turnAlertsOn(page)
  await livesIn(bert, 'iss', 'Issum (Kreis Kleve)')
  await livesIn(cem, 'geld', 'Geldern (Kreis Kleve)')

  const root = await meAt(anna)
  await busOf(anna).call(rootSet, { root, name: 'Land, zur Probe', region: 'DE.NRW' })
  const wehr = await certify(anna, anna, `${ISSUM}.Feuerwehr.Wehrleiter`, ISSUM)
  const stab = await certify(anna, cem, 'DE.NRW.Kleve.KatS.Stabsleiter', 'DE.NRW.Kleve')
  await visit(bert, '/community')
  await keptForOffline(bert)

  const water =
    await test.step('Bert is notified with the tab out of sight, and the banner stays until he has read it', async () => {
      await turnAway(bert, 'hidden')
      const { alert_id } = await busOf(anna).call(alertPublish, {
        draft: draftOf({
          severity: 'warning',
          title: 'Trinkwasser abkochen',
          body: 'Im Trinkwasser wurden Keime gefunden.',
          instructions: ['Wasser vor dem Trinken drei Minuten abkochen.'],
          variants: [{ language: 'en', title: 'Boil the water', body: 'Germs were found.', instructions: ['Boil it.'] }],
          publisher_cert: wehr,
        }),
      })
      await expect.poll(() => standing(bert), { intervals: [50], timeout: 45_000 }).toEqual(['Warnung: Trinkwasser abkochen'])
      await expect(banner(bert)).toContainText('Warnung: Trinkwasser abkochen')
      await turnAway(bert, 'visible')
      expect(await standing(bert), 'Looking at it shows it no second time').toEqual(['Warnung: Trinkwasser abkochen'])
      await bert.reload()
      await expect(banner(bert)).toContainText('Trinkwasser abkochen')
      expect(await standing(bert), 'A restart shows it no second time').toEqual(['Warnung: Trinkwasser abkochen'])
      await expect.poll(() => signs(bert).then(({ badges }) => badges.at(-1)), 'The icon of the app counts it').toBe(1)
      await visit(bert, '/')
      await expect(bert.getByRole('list', { name: 'Jetzt aktiv' })).toContainText('Trinkwasser abkochen')
      return alert_id
    })

  await test.step('Cem is not, and can see why', async () => {
    await visit(cem, '/alerts')
    const elsewhere = cem.getByRole('region', { name: 'Warum sehe ich das nicht?' })
    await expect(elsewhere).toContainText('Trinkwasser abkochen', { timeout: 45_000 })
    await expect(elsewhere).toContainText('Sie gilt für Issum. Dein Ort ist Geldern.')
    await expect(cem.getByRole('region', { name: 'Jetzt' })).toContainText('gilt gerade keine Warnung')
    expect(await standing(cem)).toEqual([])
    await expectNoBarrier(cem)
    await visit(cem, '/community')
    await expect(cem.getByRole('heading', { level: 1, name: 'Issum' })).toBeVisible()
    await expect(banner(cem)).toBeHidden()
  })

  await test.step('A touch on the notification leads to the alert, with who says it and why it is shown', async () => {
    await visit(bert, '/community')
    const [worker] = bert.context().serviceWorkers()
    await worker?.evaluate(async () => {
      const own = globalThis as unknown as { registration: ServiceWorkerRegistration }
      const [notification] = await own.registration.getNotifications()
      dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: () => undefined }))
    })
    await expect(bert.getByRole('heading', { level: 1, name: 'Trinkwasser abkochen' })).toBeVisible()
    await expect(bert.getByRole('region', { name: 'Wer warnt' })).toContainText('Leitung der Feuerwehr, Issum')
    await expect(bert.getByRole('region', { name: 'Wer warnt' })).toContainText('gültig')
    await expect(bert.getByRole('region', { name: 'Wo das gilt' })).toContainText('Das ist dein Ort.')
    await expect(bert.getByRole('region', { name: 'Warum sehe ich das?' })).toContainText(
      'Sie gilt für Issum, und dein Ort ist Issum.',
    )
    await expectNoBarrier(bert)
    await bert.getByText('Englisch', { exact: true }).click()
    await expect(bert.getByText('Boil it.')).toBeVisible()
    await visit(bert, '/community')
    await expect(bert.getByRole('heading', { level: 1, name: 'Issum' })).toBeVisible()
    await expect(banner(bert), 'What was opened was read').toBeHidden()
    await expect.poll(() => signs(bert).then(({ badges }) => badges.at(-1)), 'and is counted no more').toBe(0)
  })

  await test.step('With the answers of residents allowed, one press says what is needed, and the sixth in a minute waits', async () => {
    await visit(bert, '/alerts/place')
    const allowed = bert.getByRole('switch', { name: 'Antworten auch bei Warnungen an alle' })
    await allowed.click({ force: true })
    await expect(allowed).toBeChecked()
    await visit(bert, `/alerts/read?key=${water}`)
    await bert.getByLabel('Dazu sagen, wenn du magst').fill('Meine Mutter kann nicht aus dem Haus.')
    await bert.getByRole('button', { name: 'Ich brauche Hilfe' }).click()
    await expect(bert.getByText(/Deine Antwort „Ich brauche Hilfe“ ist unterschrieben/)).toBeVisible()
    await expect
      .poll(async () => (await busOf(anna).call(alertAcks, { alert_id: water })).counts.need_help, { timeout: 45_000 })
      .toBe(1)
    for (let press = 0; press < 5; press++) {
      await expect(bert.getByRole('button', { name: 'Angekommen' })).toBeEnabled()
      await bert.getByRole('button', { name: 'Angekommen' }).click()
    }
    await expect(bert.getByRole('alert')).toContainText('Fünf Antworten in der Minute genügen.')
  })

  await test.step('The all-clear replaces the notification and alarms nobody', async () => {
    await busOf(anna).call(alertCancel, { alert_id: water, cert_id: wehr, reason: 'Das Wasser ist sauber.', all_clear: true })
    await visit(bert, '/alerts')
    await expect(bert.getByRole('region', { name: 'Früher' })).toContainText('Entwarnung', { timeout: 45_000 })
    // wiped away by the touch before, and news to nobody
    expect((await standing(bert)).filter((title) => title.startsWith('Warnung'))).toEqual([])
  })

  await test.step('The box is gone. Extreme danger, signed by two, takes the whole screen and stays', async () => {
    await seesDirectly(anna, 'Cem')
    await seesDirectly(bert, 'Anna')
    await visit(bert, '/community')
    await box.unplug()
    const draft = {
      ...draftOf({
        severity: 'extreme',
        title: 'Deichbruch an der Fleuth',
        body: 'Das Wasser erreicht in 30 Minuten die Ortsmitte.',
        instructions: ['Geh in ein oberes Stockwerk.', 'Geh nicht in den Keller.'],
        variants: [],
        publisher_cert: wehr,
      }),
      alert_id: '01KSXB3Q000000000000000077' as Ulid,
    }
    expect(await refuse(busOf(anna).call(alertPublish, { draft })), 'Alone nobody can').toContain('cosignature')
    const asked = await busOf(anna).call(cosignRequest, { draft, to: await meAt(cem) })
    expect(asked.delivered).toBe(true)
    await busOf(cem).call(cosignAnswer, { request_id: asked.request_id, cert_id: stab, sign: true })
    const attested = async () =>
      (await busOf(anna).call(cosignList, {})).requests.find(({ request }) => request.request_id === asked.request_id)
        ?.attestation
    await expect.poll(async () => (await attested()) !== null, { timeout: 30_000 }).toBe(true)
    const attestation = await attested()
    if (!attestation) throw new Error('a second signature')
    await busOf(anna).call(alertPublish, { draft, attestation })

    const notice = bert.getByRole('alertdialog', { name: 'Höchste Gefahr: Deichbruch an der Fleuth' })
    await expect(notice).toBeVisible({ timeout: 45_000 })
    await expect(notice.getByRole('listitem')).toHaveText(['Geh in ein oberes Stockwerk.', 'Geh nicht in den Keller.'])
    await expect(notice.getByRole('button', { name: 'Ton aus' })).toBeVisible()
    await expect
      .poll(() => signs(bert).then(({ shakes }) => shakes.some(({ taken }) => taken)), 'It shakes the device')
      .toBe(true)
    await expectNoBarrier(bert)
    await bert.keyboard.press('Escape')
    await expect(notice, 'A slip of the hand takes it not away').toBeVisible()
    await expect.poll(() => standing(bert)).toContain('Höchste Gefahr: Deichbruch an der Fleuth')
    await notice.getByRole('button', { name: 'Gelesen' }).click()
    await expect(notice).toBeHidden()
    await bert.reload()
    await expect(bert.getByRole('heading', { level: 1, name: 'Issum' })).toBeVisible()
    await expect(notice).toBeHidden()
    await expect(cem.getByRole('alertdialog')).toBeHidden()
    // after a reload browsers find each other through the box
    await box.plugIn()
    await seesDirectly(bert, 'Anna')
    await seesDirectly(cem, 'Anna')
  })

  await test.step('An alert for the crisis staff is read by who holds that role, and only passed on by the others (CIV-6)', async () => {
    const said = { severity: 'warning', title: 'Lagebesprechung um acht', body: 'Im Rathaus, Raum 3.' } as const
    const open = draftOf({ ...said, instructions: [], variants: [], publisher_cert: wehr })
    const target = { ...open.target, region: ISSUM, roles: ['DE.NRW.Kleve.KatS.Stabsleiter'] }
    await busOf(anna).call(alertPublish, { draft: { ...open, target } })
    await visit(cem, '/alerts')
    await cem.getByRole('link', { name: /Lagebesprechung um acht/ }).click({ timeout: 45_000 })
    await expect(cem.getByText('Im Rathaus, Raum 3.')).toBeVisible()
    await visit(bert, '/alerts')
    await expect(bert.getByText(/1 verschlüsselte Meldung, nur für: Leitung des Krisenstabs/)).toBeVisible({ timeout: 45_000 })
    await expect(bert.getByText('Lagebesprechung')).toBeHidden()
  })

  await test.step('A drill is in the list, says so in every word of it, and alarms nobody who takes no part', async () => {
    await visit(bert, '/alerts')
    const said = { severity: 'warning', title: 'Stromausfall', body: 'Angenommen.', instructions: [], variants: [] } as const
    const draft = draftOf({ ...said, instructions: [], variants: [], publisher_cert: wehr }, true)
    await busOf(anna).call(alertPublish, { draft })
    await expect(bert.getByRole('region', { name: 'Jetzt' })).toContainText('ÜBUNG: Stromausfall', { timeout: 45_000 })
    expect((await standing(bert)).some((title) => title.includes('Stromausfall'))).toBe(false)
    await bert.getByRole('link', { name: /ÜBUNG: Stromausfall/ }).click()
    await expect(bert.getByRole('heading', { level: 1, name: 'ÜBUNG: Stromausfall' })).toBeVisible()
    await expect(bert.getByText('Das ist nur eine Übung. Es besteht keine Gefahr.')).toBeVisible()
    const saving = bert.waitForEvent('download')
    await bert.getByRole('button', { name: 'Als CAP-Datei speichern' }).click()
    expect((await saving).suggestedFilename()).toMatch(/\.xml$/)
  })

  await test.step('An official warning that somebody brings stays one, with its source', async () => {
    await visit(cem, '/alerts/bring-in')
    const text = CAP.replace('SENT', capTime(Date.now() - HOUR)).replace('EXPIRES', capTime(Date.now() + 5 * HOUR))
    await cem.getByLabel('Oder den Text hier einfügen').fill(text)
    await cem.getByRole('button', { name: 'Ansehen' }).click()
    await expect(cem.getByRole('region', { name: 'Das steht darin' })).toContainText('Beispiel: Rauch über dem Ort')
    await cem.getByRole('button', { name: 'In die Gemeinschaft übernehmen' }).click()
    await expect(cem.getByText('1 Warnung übernommen. Sie geht jetzt an alle.')).toBeVisible()
    await visit(bert, '/alerts')
    await bert.getByRole('link', { name: /Beispiel: Rauch über dem Ort/ }).click({ timeout: 45_000 })
    await expect(bert.getByText(/Das ist die Abschrift einer amtlichen Warnung, nicht unsere/)).toBeVisible()
    await expect(bert.getByRole('region', { name: 'Amtliche Warnung' })).toContainText('DE-XX-MUSTER-0001')
    await expect(bert.getByText('Eine amtliche Warnung wird nicht hier beantwortet.')).toBeVisible()
    // it is passed on as the document it came in, never written anew
    await expect(bert.getByRole('button', { name: 'Als CAP-Datei speichern' })).toBeHidden()
  })
})
