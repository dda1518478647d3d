import { MantineProvider } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Router } from 'wouter'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { type Language, LanguageProvider } from '../../../kit/i18n.tsx'
import { theme } from '../../../kit/theme.ts'
import { NodeProvider } from '../../../port/provider.tsx'
import { createFakeConnection } from '../../../testing/fake-connection.ts'
import { ulidFor } from '../../../testing/village.ts'
import type { DeskScene } from '../../../testing/village-audit.ts'
import { createVillageNode } from '../../../testing/village-node.ts'
import { AlertPage } from '../alert/alert-page.tsx'
import { AlertsPage } from '../alerts-page.tsx'
import { AuditPage } from './audit/audit-page.tsx'
import { CosignPage } from './cosign/cosign-page.tsx'
import { DeskPage } from './desk-page.tsx'
import { DrillPage } from './drill-page.tsx'
import { FeedPage } from './feed/feed-page.tsx'
import { CheckStep } from './publish/check-step.tsx'
import { type AlertForm, draftOf, emptyForm, underCertificate, withTemplate } from './publish/form.ts'
import { TEMPLATES } from './publish/templates.ts'
import { WriteStep } from './publish/write-step.tsx'
import { HoldersPage } from './wallet/holders-page.tsx'
import { RootsPage } from './wallet/roots-page.tsx'
import { WalletPage } from './wallet/wallet-page.tsx'

/** Answers lead to further questions; more rounds than any page needs. */
const MAX_ROUNDS = 8

const village = (desk: DeskScene = 'full') => createVillageNode({ stage: 'member', civdef: 'active', desk })

/** What a page says once all it asks is answered, without a browser: marks are taken out, spaces are one. */
async function said(page: ReactNode, scene: DeskScene, language: Language = 'de', search = ''): Promise<string> {
  vi.stubGlobal('localStorage', { getItem: () => language, setItem: () => undefined })
  const connection = createFakeConnection(village(scene))
  const ask = connection.queries.query
  const nobody = (): void => undefined
  const queries: typeof connection.queries = {
    ...connection.queries,
    query(capability, input) {
      const query = ask(capability, input)
      query.subscribe(nobody)
      return query
    },
  }
  const render = () =>
    renderToString(
      <MantineProvider theme={theme}>
        <LanguageProvider>
          <Router hook={() => ['/alerts/desk', nobody]} searchHook={() => search}>
            <NodeProvider connection={{ ...connection, queries }}>
              <Suspense>{page}</Suspense>
            </NodeProvider>
          </Router>
        </LanguageProvider>
      </MantineProvider>,
    )
  let before = ''
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const html = render().replace(/(mantine-|_R_|:r)[\w-]+/g, '')
    if (html === before) break
    before = html
    await new Promise((resolve) => setTimeout(resolve))
  }
  return before
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
}

async function certificates() {
  return (await createVillageNode({ stage: 'member', desk: 'full' }).call(walletGet, {})).own
}

let given = 10
const fresh = () => ulidFor(given++)
async function flood(change: Partial<AlertForm> = {}): Promise<AlertForm> {
  const [first] = await certificates()
  const template = TEMPLATES.find(({ id }) => id === 'flood')
  if (!first || !template) throw new TypeError('a certificate and a template')
  const form = underCertificate(emptyForm(fresh), first.certificate)
  return { ...withTemplate(form, template, ['emergency']), ...change }
}

afterEach(() => vi.unstubAllGlobals())

const PAGES = { DeskPage, WalletPage, HoldersPage, RootsPage, CosignPage, AuditPage, DrillPage, FeedPage } as const

describe('the pages of the desk', () => {
  it.each(Object.keys(PAGES) as (keyof typeof PAGES)[])('%s says something in both languages, in every scene', async (name) => {
    const Page = PAGES[name]
    for (const scene of ['new', 'full', 'broken'] as const) {
      const [german, english] = [await said(<Page />, scene), await said(<Page />, scene, 'en')]
      expect(german.length).toBeGreaterThan(100)
      expect(english.length).toBeGreaterThan(100)
      expect(english, 'in the other language').not.toBe(german)
      expect(german, 'nothing is left waiting and nothing failed').not.toMatch(/not_implemented|schema_mismatch|internal_error/)
    }
  })

  it('warn of what ends, before the day it fails (CIV-3)', async () => {
    const wallet = await said(<WalletPage />, 'full')
    expect(wallet).toContain('Läuft in 12 Tagen ab.')
    expect(wallet).toContain('Läuft morgen ab.')
    expect(await said(<DeskPage />, 'full')).toContain('2 Ausweise laufen bald ab')
  })

  it('say loudly where the record is broken, and exactly where (AUD-4)', async () => {
    const audit = await said(<AuditPage />, 'broken')
    expect(audit).toContain('Das Protokoll ist beschädigt oder wurde verändert')
    expect(audit).toContain('Eintrag 211')
    expect(audit).toContain('Der Eintrag schließt nicht an den vorigen an.')
    expect(audit).toContain('Neues Protokoll beginnen')
    expect(await said(<DeskPage />, 'broken')).toContain('Warnungen geben ist gesperrt')
    expect(await said(<AuditPage />, 'full'), 'and only there').not.toContain('Neues Protokoll beginnen')
  })

  it('list as running only what this device believes (CIV-7)', async () => {
    const running = await said(<DeskPage />, 'full')
    expect(running).toContain('Hochwasser an der Fleuth')
    expect(running, 'a forged one is among what the log holds').not.toContain('Geld überweisen')
  })

  it('show what is not believed in a place of its own, which the node lists only when asked for it (CIV-7)', async () => {
    const alerts = await said(<AlertsPage />, 'full')
    expect(alerts).toMatch(/Nicht geglaubt .*Geld überweisen/)
    expect(alerts.split('Nicht geglaubt')[0]).not.toContain('Geld überweisen')
    // and it has neither the sign nor the words of a danger that is
    expect(alerts).toMatch(/angeblich: Höchste Gefahr Alle Bewohner/)
    const [forged] = (await village().call(alertList, { refused: true, limit: 5 })).alerts
    const page = await said(<AlertPage />, 'full', 'de', `key=${encodeURIComponent(forged?.key ?? '')}`)
    expect(page).toMatch(/Dein Gerät glaubt diese Meldung nicht\. .*angeblich: Höchste Gefahr/)
    expect(page).not.toMatch(/Deine Antwort|Wo das gilt|Gilt bis/)
  })

  it('say what cannot be found without a witness (AUD-3)', async () => {
    expect(await said(<AuditPage />, 'full')).toContain('Was ohne Zeugen niemand finden kann')
  })
})

describe('writing and checking an alert', () => {
  const nothing = (): void => undefined

  it('offers every severity, and marks a drill in words at once (CIV-9)', async () => {
    const step = async (form: AlertForm) =>
      said(
        <WriteStep form={form} certificates={await certificates()} savedAt={null} onChange={nothing} onCheck={nothing} />,
        'full',
      )
    const real = await step(await flood())
    for (const word of ['Hinweis', 'Vorwarnung', 'Warnung', 'Gefahr', 'Höchste Gefahr']) expect(real).toContain(word)
    expect(real).not.toContain('Das ist nur eine Übung.')
    expect(await step(await flood({ drill: true }))).toContain('Das ist nur eine Übung.')
  })

  it('shows it in both languages, whom it reaches, and that an emergency takes a second signature (CIV-4)', async () => {
    const [first] = await certificates()
    const draft = draftOf(await flood(), Date.now())
    if (!first || !draft) throw new TypeError('a draft')
    const check = <CheckStep draft={draft} certificate={first.certificate} onBack={nothing} onSent={nothing} />
    const shown = await said(check, 'full')
    expect(shown).toContain('Hochwasser')
    expect(shown).toContain('Leave cellars and underground garages at once')
    expect(shown).toContain('77.000 Menschen wohnen dort.')
    expect(shown).toContain('zweite Unterschrift')
    expect(shown).not.toContain('Warnung jetzt senden')
    const refused = await said(check, 'broken')
    expect(refused).toContain('So kann es noch nicht hinaus')
    expect(refused, 'the field by its name').toContain('Stufe : Diese Stufe darf der Ausweis nicht geben.')
  })
})
