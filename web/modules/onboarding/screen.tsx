import { IconFlame } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { messages } from './messages.ts'

export const screen: ScreenDefinition = {
  path: '/welcome',
  order: 0,
  icon: IconFlame,
  nav: 'none',
  title: (language) => messages[language].title,
  Component: lazyPage(async () => (await import('./welcome-page.tsx')).WelcomePage),
  requires: 'nothing',
}
