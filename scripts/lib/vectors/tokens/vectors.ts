import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { grants } from './grants.ts'
import { invites } from './invites.ts'
import { opening } from './opening.ts'

/** Section 7 and COM-2: tokens, what they grant, and the invites that carry one. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [await opening(all), await grants(all), ...(await invites(all))]
}
