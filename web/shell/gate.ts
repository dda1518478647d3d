import type { ModuleSwitch } from '#protocol/core/config.ts'
import type { ScreenDefinition } from './screen.ts'

export const WELCOME = '/welcome'
export const START = '/start'

export interface Has {
  readonly identity: boolean
  readonly community: boolean
  /** Modules that are switched on. */
  readonly modulesOn: ReadonlySet<ModuleSwitch>
}

/** Where a screen sends the person whose device lacks what it needs; null when it can be shown. */
export function detour(screen: Pick<ScreenDefinition, 'requires'>, has: Has): typeof WELCOME | typeof START | null {
  if (screen.requires === 'nothing') return null
  if (!has.identity) return WELCOME
  return screen.requires === 'community' && !has.community ? START : null
}

/** Whether the screen's module is switched on; a screen without one always is there. */
export const offered = (screen: Pick<ScreenDefinition, 'module'>, has: Has): boolean =>
  screen.module === undefined || has.modulesOn.has(screen.module)

/** Whether the screen belongs in the navigation now. */
export const listed = (screen: ScreenDefinition, has: Has): boolean =>
  screen.nav === 'main' && offered(screen, has) && detour(screen, has) === null
