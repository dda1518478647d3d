import type { AlertSeverity, CertScope } from './terms.ts'

/** What a kind of role may do, as data that an operator reads and another Land writes anew (CIV-4). */
export interface RoleKind {
  /** The parts after the region: `Feuerwehr.Wehrleiter`. */
  readonly path: string
  /** German name, as on a sign. */
  readonly title: { readonly de: string; readonly en: string }
  /** On which level it exists. */
  readonly level: 'land' | 'kreis' | 'gemeinde'
  /** Higher tiers cosign for and cancel after lower ones (CIV-4, CIV-10). */
  readonly tier: 1 | 2 | 3 | 4
  /** The loudest alert it may give; null for none. */
  readonly cap: AlertSeverity | null
  /** How far an alert may reach: its own region, or the region one level up. */
  readonly reach: 'own' | 'up'
  readonly scopes: readonly CertScope[]
}
