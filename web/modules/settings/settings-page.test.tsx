import { afterEach, expect, it, vi } from 'vitest'
import type { Language } from '../../kit/i18n.tsx'
import { type Services, ServicesProvider } from '../../shell/services.tsx'
import { SessionProvider } from '../../shell/session.tsx'
import { said } from '../../testing/said.tsx'
import { createVillageNode, type VillageOptions } from '../../testing/village-node.ts'
import { SettingsPage } from './settings-page.tsx'

afterEach(() => vi.unstubAllGlobals())

const silent = () => () => undefined
const SERVICES: Services = {
  install: { subscribe: silent, state: () => 'manual', prompt: async () => undefined },
  updates: { subscribe: silent, ready: () => false, apply: () => undefined },
}

const Page = () => (
  <ServicesProvider value={SERVICES}>
    <SessionProvider>
      <SettingsPage />
    </SessionProvider>
  </ServicesProvider>
)

const settings = (options: Partial<VillageOptions>, language?: Language): Promise<string> =>
  said(Page, createVillageNode({ stage: 'member', ...options }), language)

it('lead to the catalogue of models and say how much room those here take', async () => {
  const german = await settings({ inference: 'together' })
  expect(german).toContain('3 Modelle belegen hier 744 MB. Zum Katalog der Modelle')
  expect(await settings({ inference: 'together' }, 'en')).toContain('3 models take 744 MB here. To the catalogue of models')
  expect(await settings({ inference: 'alone' })).toContain('Noch liegt keines auf diesem Gerät. Zum Katalog')
})

it('show no way to models that nobody could go: switched off, or before there is a community', async () => {
  for (const options of [{ inference: 'off' }, { inference: 'alone', stage: 'named' }] as const) {
    const page = await settings(options)
    expect(page).toContain('Sprache und Darstellung')
    expect(page).not.toContain('Katalog')
  }
})
