import { BoxMapsSchema } from '#protocol/civdef/box-maps.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { MapLayer } from './tiles.ts'

/** A box in the same house answers at once; a map is not to wait for one that is gone. */
const WAIT_MS = 5000

/** Addresses of the maps that the box of this app has; none where there is no box, or it cannot be reached. */
async function boxMaps(): Promise<readonly string[]> {
  try {
    const list = new URL('box/maps.json', document.baseURI)
    const answer = await fetch(list, { signal: AbortSignal.timeout(WAIT_MS) })
    if (!answer.ok) return []
    const { maps } = parseAs(BoxMapsSchema, await answer.json())
    return maps.map(({ name }) => new URL(`maps/${name}`, list).href)
  } catch {
    return [] // a static host, or no network: the map has its points without it
  }
}

/** The maps of the box, in the order of their names. What reads them is loaded only where there are some. */
export async function boxLayers(scheme: 'light' | 'dark', language: string): Promise<readonly MapLayer[]> {
  const urls = await boxMaps()
  if (urls.length === 0) return []
  const { openTiles } = await import('./tiles.ts')
  const opened = await Promise.all(urls.map((url) => openTiles(url, scheme, language)))
  return opened.filter((one) => one !== null)
}
