import { IconInfoCircle } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { ABOUT, CONFORMANCE, IMPLEMENTATIONS } from './paths.ts'
import * as titles from './titles.ts'

export const screen: ScreenDefinition = {
  path: ABOUT,
  order: 95,
  icon: IconInfoCircle,
  nav: 'none',
  title: titles.title,
  Component: lazyPage(async () => (await import('./about-page.tsx')).AboutPage),
  requires: 'identity',
  module: 'protocol',
  routes: [
    {
      path: IMPLEMENTATIONS,
      title: titles.implementationsTitle,
      Component: lazyPage(async () => (await import('./implementations-page.tsx')).ImplementationsPage),
    },
    {
      path: CONFORMANCE,
      title: titles.conformanceTitle,
      Component: lazyPage(async () => (await import('./conformance-page.tsx')).ConformancePage),
    },
  ],
}
