import { MantineProvider } from '@mantine/core'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
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

const button = (name: RegExp) =>
  [...document.querySelectorAll<HTMLElement>('main button')].find(({ textContent }) => name.test(textContent ?? ''))
const alertWords = () => document.querySelector('[role=alert]')?.textContent ?? ''

describe('the session', () => {
  let root: Root | null = null
  afterEach(() => {
    root?.unmount()
    document.body.replaceChildren()
  })

  /** Opens the app on a node that refuses what every screen needs. @returns has it answer from then on */
  async function refused(code: ErrorCode, role: 'leader' | 'follower' = 'leader'): Promise<() => void> {
    const village = createVillageNode({ stage: 'member' })
    let fails = true
    const client: NodeClient = {
      ...village,
      call: (capability, input, options) =>
        fails && capability.name === nodeStatus.name
          ? Promise.reject(new HearthError(code, 'refused'))
          : village.call(capability, input, options),
    }
    const place = document.createElement('div')
    document.body.append(place)
    root = createRoot(place)
    root.render(
      <MantineProvider theme={theme}>
        <LanguageProvider>
          <ServicesProvider value={services}>
            <NodeProvider connection={createFakeConnection(client, role)}>
              <SessionProvider>
                <Inside />
              </SessionProvider>
            </NodeProvider>
          </ServicesProvider>
        </LanguageProvider>
      </MantineProvider>,
    )
    await expect.poll(() => document.querySelector('h1')?.textContent).toMatch(/HearthNet konnte nicht starten|could not start/)
    return () => {
      fails = false
    }
  }

  it('says in a page with a heading why it cannot begin, and begins when it is tried again', async () => {
    const answer = await refused('timeout')
    expect(alertWords()).toContain('timeout')
    answer()
    button(/Noch einmal|again/i)?.click()
    await expect.poll(() => document.body.textContent).toContain('Anna')
  })

  it.each(['timeout', 'partition'] as const)('blames no neighbours for what its own node does: %s', async (code) => {
    await refused(code)
    await expect.poll(alertWords).toMatch(/auf diesem Gerät|on this device/)
    expect(document.body.textContent).not.toMatch(/Nachbar|niemand|neighbour|nobody/i)
    // what is known of the network is no promise where the rest is not known
    expect(document.querySelector('header')?.textContent).toBe('HearthNet')
  })

  it('leaves a way on where trying again does not help: another node, which a reload or this tab brings', async () => {
    await refused('internal_error')
    expect(button(/Neu laden|Reload/)).toBeDefined()
    // the words of an error may be in a file that is not here yet
    expect(document.querySelector('main')?.textContent).toMatch(/bleibt gespeichert|stays saved/)
    expect(button(/In diesem Tab|in this tab/)).toBeUndefined()
    root?.unmount()
    document.body.replaceChildren()
    await refused('internal_error', 'follower')
    expect(button(/In diesem Tab|in this tab/)).toBeDefined()
  })
})
