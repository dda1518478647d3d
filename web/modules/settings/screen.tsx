import { IconSettings } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { messages } from './messages.ts'

export const screen: ScreenDefinition = {
  path: '/settings',
  order: 90,
  icon: IconSettings,
  nav: 'main',
  title: (language) => messages[language].title,
  Component: lazyPage(async () => (await import('./settings-page.tsx')).SettingsPage),
  requires: 'nothing',
}
