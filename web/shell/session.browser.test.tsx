import { MantineProvider } from '@mantine/core'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { LanguageProvider } from '../kit/i18n.tsx'
import { theme } from '../kit/theme.ts'
import type { NodeClient } from '../port/client.ts'
import { NodeProvider } from '../port/provider.tsx'
import { createFakeConnection } from '../testing/fake-connection.ts'
import { createVillageNode } from '../testing/village-node.ts'
import { type Services, ServicesProvider } from './services.tsx'
import { SessionProvider, useSession } from './session.tsx'

const still = { subscribe: () => () => undefined }
const services: Services = {
  install: { ...still, state: () => 'manual', prompt: async () => undefined },
  updates: { ...still, ready: () => false, apply: () => undefined },
}

function Inside() {
  return <p>{useSession().node.identity?.display_name}</p>
}

describe('the session', () => {
  let root: Root | null = null
  afterEach(() => {
    root?.unmount()
    document.body.replaceChildren()
  })

  it('says in a page with a heading why it cannot begin, and begins when it is tried again', async () => {
    const village = createVillageNode({ stage: 'member' })
    const node = { fails: true }
    const client: NodeClient = {
      ...village,
      call: (capability, input, options) =>
        node.fails && capability.name === nodeStatus.name
          ? Promise.reject(new HearthError('timeout', 'nobody answers'))
          : village.call(capability, input, options),
    }
    const place = document.createElement('div')
    document.body.append(place)
    root = createRoot(place)
    root.render(
      <MantineProvider theme={theme}>
        <LanguageProvider>
          <ServicesProvider value={services}>
            <NodeProvider connection={createFakeConnection(client)}>
              <SessionProvider>
                <Inside />
              </SessionProvider>
            </NodeProvider>
          </ServicesProvider>
        </LanguageProvider>
      </MantineProvider>,
    )
    await expect.poll(() => document.querySelector('h1')?.textContent).toMatch(/HearthNet konnte nicht starten|could not start/)
    expect(document.querySelector('[role=alert]')?.textContent).toContain('timeout')
    node.fails = false
    const retry = [...document.querySelectorAll<HTMLElement>('main button')].find(({ textContent }) =>
      /Noch einmal|again/i.test(textContent ?? ''),
    )
    retry?.click()
    await expect.poll(() => document.body.textContent).toContain('Anna')
  })
})
