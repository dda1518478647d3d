import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Router } from 'wouter'
import { LanguageProvider } from '../kit/i18n.tsx'
import { cssVariables, theme } from '../kit/theme.ts'
import { NodeProvider, useNodePhase } from '../port/provider.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { Everywhere } from './everywhere.tsx'
import { useHashPath, useHashQuery } from './hash-location.ts'
import { Layout } from './layout.tsx'
import { Navigation } from './navigation.tsx'
import { NodeFailed } from './node-failed.tsx'
import { Routes } from './routes.tsx'
import { type Services, ServicesProvider } from './services.tsx'
import { SessionProvider } from './session.tsx'
import { Starting } from './starting.tsx'

const colorScheme = localStorageColorSchemeManager({ key: 'hearthnet.theme' })

/** The app once there is a node to ask, or what stands in its place until then. */
export function Shell() {
  const { phase, error, retry } = useNodePhase()
  if (phase === 'starting') {
    return (
      <Layout>
        <Starting />
      </Layout>
    )
  }
  if (phase === 'failed') {
    return (
      <Layout>
        <NodeFailed running={false} error={error} onRetry={retry} />
      </Layout>
    )
  }
  return (
    <SessionProvider>
      <Layout navigation={<Navigation />}>
        <Everywhere part="Banner" />
        <Routes />
      </Layout>
      <Everywhere part="Notice" />
    </SessionProvider>
  )
}

/** Theme, language, router and services; then the node and what is shown of it. */
export function App({ services }: { readonly services: Services }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <LanguageProvider>
        <ErrorBoundary resetKey="app">
          <ServicesProvider value={services}>
            <Router hook={useHashPath} searchHook={useHashQuery}>
              <NodeProvider>
                <Shell />
              </NodeProvider>
            </Router>
          </ServicesProvider>
        </ErrorBoundary>
      </LanguageProvider>
    </MantineProvider>
  )
}
