import { IconSettings } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { title } from './titles.ts'

export const screen: ScreenDefinition = {
  path: '/settings',
  order: 90,
  icon: IconSettings,
  nav: 'main',
  title,
  Component: lazyPage(async () => (await import('./settings-page.tsx')).SettingsPage),
  requires: 'nothing',
}
