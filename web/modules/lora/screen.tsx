import { IconAntenna } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import * as titles from './titles.ts'

export const screen: ScreenDefinition = {
  path: '/lora',
  order: 30,
  icon: IconAntenna,
  nav: 'main',
  title: titles.title,
  Component: lazyPage(async () => (await import('./lora-page.tsx')).LoraPage),
  requires: 'community',
  module: 'lora',
  Banner: lazyPage(async () => (await import('./everywhere/radio-banner.tsx')).RadioBanner),
  Notice: lazyPage(async () => (await import('./everywhere/panic-notice.tsx')).PanicNotice),
  routes: [
    {
      path: '/lora/stick',
      title: titles.stickTitle,
      Component: lazyPage(async () => (await import('./stick/stick-page.tsx')).StickPage),
    },
    {
      path: '/lora/sender/:hash',
      title: titles.peerTitle,
      Component: lazyPage(async () => (await import('./peer/peer-page.tsx')).PeerPage),
    },
  ],
}
