import { IconUsersGroup } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { title } from './titles.ts'

export const screen: ScreenDefinition = {
  path: '/community',
  order: 10,
  icon: IconUsersGroup,
  nav: 'main',
  title,
  Component: lazyPage(async () => (await import('./community-page.tsx')).CommunityPage),
  requires: 'community',
}
