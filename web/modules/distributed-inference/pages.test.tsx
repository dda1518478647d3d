import type { ComponentType } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Language } from '../../kit/i18n.tsx'
import { said as saidBy } from '../../testing/said.tsx'
import type { InferenceScene } from '../../testing/village-inference.ts'
import { createVillageNode } from '../../testing/village-node.ts'
import { AskPage } from './ask/ask-page.tsx'
import { ComputersPage } from './computers/computers-page.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { messages } from './shared/messages.ts'

const said = (Page: ComponentType, inference: InferenceScene, language?: Language): Promise<string> =>
  saidBy(Page, createVillageNode({ stage: 'member', inference }), language)

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

  it('say how long planning took and what each part takes for a step', async () => {
    const together = await said(ComputersPage, 'together')
    expect(together).toContain('Zu planen, wer was rechnet, dauerte zuletzt 40 ms.')
    expect(together).toMatch(/qwen3-0\.6b-onnx, Schichten 1 bis 10 31 ms, Mittel aus 3 Antworten/)
    expect(together).toMatch(/Schichten 20 bis 28 38 ms, Mittel aus 1 Antwort(?!en)/)
    const alone = await said(ComputersPage, 'alone', 'en')
    expect(alone).not.toContain('What each part takes')
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
