import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { packing, unpacking } from './elements.ts'
import { frames } from './frames.ts'
import { openings } from './openings.ts'
import { streams } from './streams.ts'

/** X08: frames, what becomes of them in a session, elements, and who may open one. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [frames(all), await streams(), packing(), unpacking(), await openings(all)]
}
