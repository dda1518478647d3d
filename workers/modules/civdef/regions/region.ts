import type { Place } from '#protocol/civdef/place-capabilities.ts'
import type { RoleKind } from '#protocol/civdef/role-kind.ts'

/** A role that the adapter knows. */
export interface KnownRole {
  readonly role: string
  /** `DE.NRW.Kleve.Issum` of `DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter`. */
  readonly region: string
  readonly kind: RoleKind
  /** Region within which its alerts' targets must lie. */
  readonly reach: string
}

/** One Land: its places, its roles, its keys. A further one is a file like `nrw.ts` and a line in `adapters.ts`. */
export interface RegionAdapter {
  /** The region it answers for: `DE.NRW`. */
  readonly prefix: string
  readonly name: { readonly de: string; readonly en: string }
  /** Where the places come from; goes wherever they are shown. */
  readonly source: string
  /** Where the positions of its municipalities come from. */
  readonly positionSource: string
  readonly roles: readonly RoleKind[]
  /** A role by its dotted name; null for one that is not in the taxonomy or not at such a place. */
  role(role: string): KnownRole | null
  place(region: string): Place | null
  /** By AGS (2, 3, 5 or 8 digits), ARS (12) or WARNCELLID (9). */
  placeByKey(key: string): Place | null
  /** By what a person types. */
  search(text: string, limit: number): readonly Place[]
  /** Municipalities in a region, itself included. */
  municipalities(region: string): readonly Place[]
}
