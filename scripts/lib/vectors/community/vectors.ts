import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { door } from './door.ts'
import { folding } from './fold.ts'

/** Section 3: who belongs to a community, over the log and at the door. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [await folding(all), await door(all)]
}
