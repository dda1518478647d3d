import { placeSearch } from '#protocol/civdef/place-capabilities.ts'
import { spelled } from './regions.ts'
import { useQueries } from './use-queries.ts'

/** Regions by the names people say; in letters until the node has answered, or where it knows none. */
export function useRegionNames(regions: readonly string[]): (region: string) => string {
  // what is longer is no region that an adapter knows
  const wanted = [...new Set(regions)].filter(({ length }) => length <= 80).slice(0, 50)
  const answers = useQueries(
    placeSearch,
    wanted.map((text) => ({ text, limit: 1 })),
  )
  const names = new Map(
    answers.flatMap((state) =>
      state.status === 'ready'
        ? state.data.places.map(({ region, name, kind }) => [
            region,
            kind === 'kreis' && !/kreis|region/i.test(name) ? `Kreis ${name}` : name,
          ])
        : [],
    ),
  )
  return (region) => names.get(region) || spelled(region)
}
