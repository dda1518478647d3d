import { BoxMapsSchema } from '#protocol/civdef/box-maps.ts'
import { parseAs } from '#protocol/core/schema.ts'

/** A box in the same house answers at once; a map is not to wait for one that is gone. */
const WAIT_MS = 5000

/** Addresses of the maps that the box of this app has; none where there is no box, or it cannot be reached. */
export async function boxMaps(): Promise<readonly string[]> {
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
