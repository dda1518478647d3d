import { IconSpeakerphone } from '@tabler/icons-react'
import { lazyPage, type ScreenDefinition } from '../../shell/screen.ts'
import { deskRoutes } from './desk/routes.ts'
import { ALERTS, BRING_IN, ONE_ALERT, PLACE } from './paths.ts'
import * as titles from './titles.ts'

export const screen: ScreenDefinition = {
  path: ALERTS,
  order: 10,
  icon: IconSpeakerphone,
  nav: 'main',
  title: titles.title,
  Component: lazyPage(async () => (await import('./alerts-page.tsx')).AlertsPage),
  requires: 'community',
  module: 'civdef',
  Banner: lazyPage(async () => (await import('./everywhere/alert-banner.tsx')).AlertBanner),
  Notice: lazyPage(async () => (await import('./everywhere/alert-notice.tsx')).AlertNotice),
  routes: [
    ...deskRoutes,
    {
      path: ONE_ALERT,
      title: titles.title,
      Component: lazyPage(async () => (await import('./alert/alert-page.tsx')).AlertPage),
    },
    {
      path: PLACE,
      title: titles.placeTitle,
      Component: lazyPage(async () => (await import('./place/place-page.tsx')).PlacePage),
    },
    {
      path: BRING_IN,
      title: titles.mirrorTitle,
      Component: lazyPage(async () => (await import('./mirror/mirror-page.tsx')).MirrorPage),
    },
  ],
}
