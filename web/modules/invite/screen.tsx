import { IconUserPlus } from '@tabler/icons-react'
import type { Language } from '../../kit/i18n.tsx'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { messages } from './messages.ts'

const joinTitle = (language: Language): string => messages[language].join.title

// /start and /join come before there is a community, so the pages look for themselves at what is there
export const screen: ScreenDefinition = {
  path: '/invite',
  order: 30,
  icon: IconUserPlus,
  nav: 'none',
  title: (language) => messages[language].title,
  Component: lazyPage(async () => (await import('./invite-page.tsx')).InvitePage),
  requires: 'nothing',
  routes: [
    {
      path: '/start',
      title: (language) => messages[language].start.title,
      Component: lazyPage(async () => (await import('./start-page.tsx')).StartPage),
    },
    { path: '/join/:code', title: joinTitle, Component: lazyPage(async () => (await import('./join-page.tsx')).JoinPage) },
  ],
}
