import type { Place } from '#protocol/civdef/place-capabilities.ts'
import { within } from '#protocol/civdef/terms.ts'
import { nrw } from './nrw.ts'
import type { KnownRole, RegionAdapter } from './region.ts'

/** The Länder that this node knows. */
const ADAPTERS: readonly RegionAdapter[] = [nrw]

/** What is asked of regions, whichever Land they are in. */
export interface Regions {
  adapterOf(region: string): RegionAdapter | null
  role(role: string): KnownRole | null
  place(region: string): Place | null
  placeByKey(key: string): Place | null
  search(text: string, limit: number): readonly Place[]
  municipalities(region: string): readonly Place[]
  /** Every municipality that a map can show, and where that is known from. */
  map(): { readonly places: readonly Place[]; readonly source: string }
}

export function createRegions(adapters: readonly RegionAdapter[] = ADAPTERS): Regions {
  const adapterOf = (region: string): RegionAdapter | null => adapters.find(({ prefix }) => within(region, prefix)) ?? null
  const first = <T>(ask: (adapter: RegionAdapter) => T | null): T | null => {
    for (const adapter of adapters) {
      const found = ask(adapter)
      if (found !== null) return found
    }
    return null
  }
  return {
    adapterOf,
    role: (role) => adapterOf(role)?.role(role) ?? null,
    place: (region) => adapterOf(region)?.place(region) ?? null,
    placeByKey: (key) => first((adapter) => adapter.placeByKey(key)),
    search: (text, limit) => adapters.flatMap((adapter) => adapter.search(text, limit)).slice(0, limit),
    municipalities: (region) => adapters.flatMap((adapter) => adapter.municipalities(region)),
    map: () => ({
      places: adapters.flatMap((adapter) => adapter.municipalities(adapter.prefix)),
      source: adapters.map(({ positionSource }) => positionSource).join(' · '),
    }),
  }
}
