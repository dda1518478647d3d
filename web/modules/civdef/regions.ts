import { within } from '#protocol/civdef/terms.ts'
import type { Language } from '../../kit/i18n.tsx'
import { kindOfRole } from './desk/shared/role-kinds.ts'

/** A region in letters, for when the node has no name for it: „DE.NRW.Rhein-Kreis-Neuss“ is read as „Rhein Kreis Neuss“. */
export const spelled = (region: string): string => region.slice(region.lastIndexOf('.') + 1).replaceAll('-', ' ')

/** Regions in a text of several, as decisions have them. */
export const regionsIn = (text: string): readonly string[] => text.split(', ').filter((part) => part !== '')

/** The region that a role is of: all of it where nobody here knows the role. */
export function regionOfRole(role: string): string {
  const kind = kindOfRole(role)
  return kind ? role.slice(0, -kind.path.length - 1) : role
}

/** „Leitung der Feuerwehr, Issum“; the dotted name where nobody here knows the role. */
export function roleWords(role: string, language: Language, nameOf: (region: string) => string): string {
  const kind = kindOfRole(role)
  return kind ? `${kind.title[language]}, ${nameOf(regionOfRole(role))}` : role
}

/** How a target lies to the own place, in the terms of regions alone (CIV-5). */
export type Lie = 'same' | 'inside' | 'part' | 'apart' | 'unknown'

export function lieOf(target: string, place: string | null): Lie {
  if (place === null) return 'unknown'
  if (target === place) return 'same'
  if (within(place, target)) return 'inside'
  return within(target, place) ? 'part' : 'apart'
}
