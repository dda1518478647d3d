import { IconQuote } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { newTitle, title } from './titles.ts'

// no `capability`: while the module is off, this is the page that says so and turns it on
export const screen: ScreenDefinition = {
  path: '/claims',
  order: 20,
  icon: IconQuote,
  nav: 'main',
  title,
  Component: lazyPage(async () => (await import('./claims-page.tsx')).ClaimsPage),
  requires: 'community',
  routes: [
    {
      path: '/claims/new',
      title: newTitle,
      Component: lazyPage(async () => (await import('./new-claim-page.tsx')).NewClaimPage),
    },
    {
      path: '/claims/:id',
      title,
      Component: lazyPage(async () => (await import('./claim-page.tsx')).ClaimPage),
    },
  ],
}
