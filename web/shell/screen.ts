import { type ComponentType, lazy } from 'react'
import type { ModuleSwitch } from '#protocol/core/config.ts'
import type { Titles } from '../kit/i18n.tsx'

/** One place a person can go to. Its file is small and loaded at once; the page behind it is loaded when it is visited. */
export interface ScreenDefinition {
  /** Path after the `#`, for instance `/settings`; parameters as `/claims/:id`, read with wouter's `useParams`. */
  readonly path: string
  /** Place in the navigation, smallest first. */
  readonly order: number
  readonly icon: ComponentType<{ readonly size?: number | string }>
  readonly nav: 'main' | 'none'
  readonly title: Titles
  readonly Component: ComponentType
  /** What must exist before the screen makes sense; without it the person is led there first. */
  readonly requires: 'nothing' | 'identity' | 'community'
  /** Shown only while this module is switched on. */
  readonly module?: ModuleSwitch
  /** What it says above every page while it is on; null most of the time. */
  readonly Banner?: ComponentType
  /** What may take the whole screen at any time while it is on, with the kit's `UrgentNotice`; null most of the time. */
  readonly Notice?: ComponentType
  /** Further paths of the same module, each in full, for instance `/claims/new`. They share everything else. */
  readonly routes?: readonly SubRoute[]
}

export interface SubRoute {
  readonly path: string
  readonly title: Titles
  readonly Component: ComponentType
}

/** `lazyPage(async () => (await import('./home-page.tsx')).HomePage)`: named exports stay named, and the styles are there. */
export const lazyPage = (load: () => Promise<ComponentType>) =>
  lazy(async () => {
    const [page] = await Promise.all([load(), import('../kit/page-styles.ts')])
    return { default: page }
  })
