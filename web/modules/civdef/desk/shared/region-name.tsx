import type { Place } from '#protocol/civdef/place-capabilities.ts'
import { placeSearch } from '#protocol/civdef/place-capabilities.ts'
import { useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { messages } from './messages.ts'

/** The place of a region; null while it is asked for, or where no adapter knows it. */
export function usePlace(region: string): Place | null {
  const query = useQuery(placeSearch, { text: region, limit: 1 }, { enabled: region !== '' && region.length <= 80 })
  const [place] = query.status === 'ready' ? query.data.places : []
  return place?.region === region ? place : null
}

/** „Issum (Kreis Kleve)“, „Kreis Kleve“; the last part of the region as it is written where nothing is known of it. */
export function useRegionName(region: string): string {
  const text = useText(messages)
  const place = usePlace(region)
  if (!place) return region.split('.').at(-1) ?? region
  // a Kreis and its seat often share a name
  if (place.kind === 'kreis') return /kreis|region/i.test(place.name) ? place.name : text.kreis(place.name)
  return place.kind === 'gemeinde' ? text.wholeOf(place.name, place.within) : place.name
}

export function RegionName({ region }: { readonly region: string }) {
  return <>{useRegionName(region)}</>
}
