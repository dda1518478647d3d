import type { ScreenDefinition } from './screen.ts'

export const WELCOME = '/welcome'
export const START = '/start'

export interface Has {
  readonly identity: boolean
  readonly community: boolean
  /** Names of the capabilities served here. */
  readonly served: ReadonlySet<string>
}

/** Where a screen sends the person whose device lacks what it needs; null when it can be shown. */
export function detour(screen: Pick<ScreenDefinition, 'requires'>, has: Has): typeof WELCOME | typeof START | null {
  if (screen.requires === 'nothing') return null
  if (!has.identity) return WELCOME
  return screen.requires === 'community' && !has.community ? START : null
}

/** Whether the screen's capability is served here; a screen without one always is there. */
export const offered = (screen: Pick<ScreenDefinition, 'capability'>, has: Has): boolean =>
  screen.capability === undefined || has.served.has(screen.capability)

/** Whether the screen belongs in the navigation now. */
export const listed = (screen: ScreenDefinition, has: Has): boolean =>
  screen.nav === 'main' && offered(screen, has) && detour(screen, has) === null
