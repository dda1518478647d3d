import { IconHome } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { messages } from './messages.ts'

export const screen: ScreenDefinition = {
  path: '/',
  order: 0,
  icon: IconHome,
  nav: 'main',
  title: (language) => messages[language].title,
  Component: lazyPage(async () => (await import('./home-page.tsx')).HomePage),
  requires: 'community',
}
