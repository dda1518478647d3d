import { IconQuote } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import * as titles from './titles.ts'

// no `capability`: while the module is off, this is the page that says so and turns it on
export const screen: ScreenDefinition = {
  path: '/claims',
  order: 20,
  icon: IconQuote,
  nav: 'main',
  title: (language) => titles.title[language],
  Component: lazyPage(async () => (await import('./claims-page.tsx')).ClaimsPage),
  requires: 'community',
  routes: [
    {
      path: '/claims/new',
      title: (language) => titles.newTitle[language],
      Component: lazyPage(async () => (await import('./new-claim-page.tsx')).NewClaimPage),
    },
    {
      path: '/claims/about',
      title: (language) => titles.subjectTitle[language],
      Component: lazyPage(async () => (await import('./subject-page.tsx')).SubjectPage),
    },
    {
      path: '/claims/inbox',
      title: (language) => titles.deskTitle[language],
      Component: lazyPage(async () => (await import('./desk/desk-page.tsx')).DeskPage),
    },
    {
      path: '/claims/check',
      title: (language) => titles.checkTitle[language],
      Component: lazyPage(async () => (await import('./proof/check-page.tsx')).CheckPage),
    },
    {
      path: '/claims/options',
      title: (language) => titles.optionsTitle[language],
      Component: lazyPage(async () => (await import('./options/options-page.tsx')).OptionsPage),
    },
    {
      path: '/claims/:id/attest',
      title: (language) => titles.attestTitle[language],
      Component: lazyPage(async () => (await import('./voices/attest-page.tsx')).AttestPage),
    },
    {
      path: '/claims/:id/dispute',
      title: (language) => titles.disputeTitle[language],
      Component: lazyPage(async () => (await import('./voices/dispute-page.tsx')).DisputePage),
    },
    {
      path: '/claims/:id',
      title: (language) => titles.title[language],
      Component: lazyPage(async () => (await import('./claim-page.tsx')).ClaimPage),
    },
  ],
}
