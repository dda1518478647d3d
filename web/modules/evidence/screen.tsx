import { IconQuote } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import * as titles from './titles.ts'

// no `capability`: while the module is off, this is the page that says so and turns it on
export const screen: ScreenDefinition = {
  path: '/claims',
  order: 20,
  icon: IconQuote,
  nav: 'main',
  title: titles.title,
  Component: lazyPage(async () => (await import('./claims-page.tsx')).ClaimsPage),
  requires: 'community',
  routes: [
    {
      path: '/claims/new',
      title: titles.newTitle,
      Component: lazyPage(async () => (await import('./new-claim-page.tsx')).NewClaimPage),
    },
    {
      path: '/claims/about',
      title: titles.subjectTitle,
      Component: lazyPage(async () => (await import('./subject-page.tsx')).SubjectPage),
    },
    {
      path: '/claims/inbox',
      title: titles.deskTitle,
      Component: lazyPage(async () => (await import('./desk/desk-page.tsx')).DeskPage),
    },
    {
      path: '/claims/check',
      title: titles.checkTitle,
      Component: lazyPage(async () => (await import('./proof/check-page.tsx')).CheckPage),
    },
    {
      path: '/claims/options',
      title: titles.optionsTitle,
      Component: lazyPage(async () => (await import('./options/options-page.tsx')).OptionsPage),
    },
    {
      path: '/claims/:id/attest',
      title: titles.attestTitle,
      Component: lazyPage(async () => (await import('./voices/attest-page.tsx')).AttestPage),
    },
    {
      path: '/claims/:id/dispute',
      title: titles.disputeTitle,
      Component: lazyPage(async () => (await import('./voices/dispute-page.tsx')).DisputePage),
    },
    {
      path: '/claims/:id',
      title: titles.title,
      Component: lazyPage(async () => (await import('./claim-page.tsx')).ClaimPage),
    },
  ],
}
