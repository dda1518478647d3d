import { IconUserPlus } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { joinTitle, startTitle, title } from './titles.ts'

// /start and /join come before there is a community, so the pages look for themselves at what is there
export const screen: ScreenDefinition = {
  path: '/invite',
  order: 30,
  icon: IconUserPlus,
  nav: 'none',
  title,
  Component: lazyPage(async () => (await import('./invite-page.tsx')).InvitePage),
  requires: 'nothing',
  routes: [
    {
      path: '/start',
      title: startTitle,
      Component: lazyPage(async () => (await import('./start-page.tsx')).StartPage),
    },
    { path: '/join/:code', title: joinTitle, Component: lazyPage(async () => (await import('./join-page.tsx')).JoinPage) },
  ],
}
