import { IconHome } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { title } from './titles.ts'

export const screen: ScreenDefinition = {
  path: '/',
  order: 0,
  icon: IconHome,
  nav: 'main',
  title,
  Component: lazyPage(async () => (await import('./home-page.tsx')).HomePage),
  requires: 'community',
}
