import { MantineProvider } from '@mantine/core'
import { type ComponentType, Suspense } from 'react'
import { renderToString } from 'react-dom/server'
import { vi } from 'vitest'
import { Router } from 'wouter'
import { type Language, LanguageProvider } from '../kit/i18n.tsx'
import { theme } from '../kit/theme.ts'
import { NodeProvider } from '../port/provider.tsx'
import type { FakeClient } from './fake-client.ts'
import { createFakeConnection } from './fake-connection.ts'

/** Answers lead to further questions; more rounds than any page needs. */
const MAX_ROUNDS = 10
const nothing = (): void => undefined

/** What a page says once all it asks is answered, without a browser: marks are taken out, spaces are one. */
export async function said(Page: ComponentType, village: FakeClient, language: Language = 'de'): Promise<string> {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => (key === 'hearthnet.language' ? language : null),
    setItem: nothing,
  })
  const connection = createFakeConnection(village)
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
