import { MantineProvider } from '@mantine/core'
import { type ComponentType, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Router } from 'wouter'
import { type Language, LanguageProvider } from '../../kit/i18n.tsx'
import { theme } from '../../kit/theme.ts'
import { NodeProvider } from '../../port/provider.tsx'
import { createFakeConnection } from '../../testing/fake-connection.ts'
import type { InferenceScene } from '../../testing/village-inference.ts'
import { createVillageNode } from '../../testing/village-node.ts'
import { AskPage } from './ask/ask-page.tsx'
import { ComputersPage } from './computers/computers-page.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { messages } from './shared/messages.ts'

/** Answers lead to further questions; more rounds than any page needs. */
const MAX_ROUNDS = 10
const nothing = (): void => undefined

/** What a page says once all it asks is answered, without a browser: marks are taken out, spaces are one. */
async function said(Page: ComponentType, scene: InferenceScene, language: Language = 'de'): Promise<string> {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => (key === 'hearthnet.language' ? language : null),
    setItem: nothing,
  })
  const connection = createFakeConnection(createVillageNode({ stage: 'member', inference: scene }))
  const ask = connection.queries.query
  const queries: typeof connection.queries = {
    ...connection.queries,
    query(capability, input) {
      const query = ask(capability, input)
      // each a listener of its own: the same one again would ask again
      query.subscribe(() => undefined)
      return query
    },
  }
  const render = () =>
    renderToString(
      <MantineProvider theme={theme}>
        <LanguageProvider>
          <Router hook={() => ['/ask', nothing]}>
            <NodeProvider connection={{ ...connection, queries }}>
              <Suspense>
                <Page />
              </Suspense>
            </NodeProvider>
          </Router>
        </LanguageProvider>
      </MantineProvider>,
    )
  let before = ''
  for (let unchanged = 0, round = 0; unchanged < 3 && round < MAX_ROUNDS; round++) {
    const html = render().replace(/(mantine-|_R_|:r)[\w-]+/g, '')
    unchanged = html === before ? unchanged + 1 : 0
    before = html
    await new Promise((resolve) => setTimeout(resolve))
  }
  return before
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
}

afterEach(() => vi.unstubAllGlobals())

const PAGES = { AskPage, ComputersPage, ModelsPage } as const

describe('asking, computers and models', () => {
  it.each(Object.keys(PAGES) as (keyof typeof PAGES)[])('%s says something in both languages, in every scene', async (name) => {
    for (const scene of ['alone', 'together', 'gaps'] as const) {
      const [german, english] = [await said(PAGES[name], scene), await said(PAGES[name], scene, 'en')]
      expect(german.length).toBeGreaterThan(150)
      expect(english.length).toBeGreaterThan(150)
      expect(english, 'in the other language').not.toBe(german)
      expect(german, 'nothing failed').not.toMatch(/not_implemented|schema_mismatch|internal_error/)
    }
  })

  it('offer the model that comes with the app, labelled as what it is, with nothing installed', async () => {
    const ask = await said(AskPage, 'alone')
    expect(ask).toContain('Vorführmodell')
    expect(ask).toContain('kennt nur seinen kleinen Text')
    expect(ask).toContain('Wie mache ich Wasser trinkbar?')
    expect(ask).toContain('Dieses Gerät rechnet allein.')
  })

  it('say who has which layers, what nobody has, and who is not asked any more (DLM-2, DLM-6)', async () => {
    const together = await said(ComputersPage, 'together')
    expect(together).toContain('Alle Schichten sind da.')
    expect(together).toMatch(/Ben Schichten 11 bis 19 27 ms 1 von 8 Prozessor/)
    expect(together).toMatch(/Çem Yılmaz : Schichten 20 bis 28|Çem Yılmaz: Schichten 20 bis 28/)
    expect(together).toContain('wäre langsamer')
    const gaps = await said(ComputersPage, 'gaps')
    expect(gaps).toContain('Es fehlt: Schichten 1 bis 10, Schichten 20 bis 28.')
    expect(gaps).toContain('hat falsch gerechnet und wird nicht gefragt')
    expect(gaps).toContain('Ein Teil des Modells ist gerade bei niemandem: Schichten 20 bis 28.')
  })

  it('show a word’s way with the time of each hop, and what happened when somebody went (DLM-4)', async () => {
    const together = await said(ComputersPage, 'together')
    expect(together).toContain('läuft gerade')
    expect(together).toMatch(/Dieses Gerät, Schichten 1 bis 10 31 ms/)
    expect(together).toMatch(/Dörte Großmann, Schichten 20 bis 28 38 ms/)
    expect(together).toContain('Das Gerät von Çem Yılmaz ist weg. Das Gerät von Dörte Großmann macht weiter. Pause: 0,6 s.')
  })

  it('say who was late, how often, and who was quicker, in the picture and in what happened, and nothing where nobody was (DLM-4)', async () => {
    const late = 'Das Gerät von Çem Yılmaz war 3 Mal spät dran. Das Gerät von Dörte Großmann hat dasselbe auch gerechnet'
    expect((await said(ComputersPage, 'together')).split(late)).toHaveLength(3)
    expect(await said(ComputersPage, 'alone')).not.toContain('spät dran')
    expect(messages.en.late('Ben’s device', 1, 'This device')).toMatch(/^Ben’s device was late once\. This device /)
  })

  it('say of each model how much is here, where it comes from, who else has it, and what went wrong (DLM-7)', async () => {
    const together = await said(ModelsPage, 'together')
    expect(together).toContain('410 MB von 1,3 GB · von einer Adresse · 4 von 16 Schichten')
    expect(together).toContain('Liegt auch bei: Ben (alle 28 Schichten), Çem Yılmaz (Schichten 20 bis 28)')
    const gaps = await said(ModelsPage, 'gaps')
    expect(gaps).toContain('Dafür ist nicht genug Platz.')
    expect(gaps).toContain('kann hier nicht rechnen')
  })
})
