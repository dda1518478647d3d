import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { claims } from './claims.ts'
import { levels } from './levels.ts'
import { records } from './records.ts'
import { standing } from './standing.ts'

/** M30: claims, what is said of them, and what follows. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [...(await claims(all)), ...(await records(all)), ...(await levels(all)), await standing(all)]
}
