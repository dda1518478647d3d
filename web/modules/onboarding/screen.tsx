import { IconFlame } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { title } from './titles.ts'

export const screen: ScreenDefinition = {
  path: '/welcome',
  order: 0,
  icon: IconFlame,
  nav: 'none',
  title,
  Component: lazyPage(async () => (await import('./welcome-page.tsx')).WelcomePage),
  requires: 'nothing',
}
