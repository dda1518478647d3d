import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { clocks, order } from './order.ts'
import { verifying } from './verify.ts'

/** Section 4: single events, their clock and their order. */
export async function sources(): Promise<readonly VectorSource[]> {
  return [await verifying(await people()), order(), clocks()]
}
