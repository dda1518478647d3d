import type { VectorSource } from '../format.ts'
import { plans } from './plans.ts'
import { samples } from './samples.ts'

/** M26: plans and choices that everybody makes alike. */
export async function sources(): Promise<readonly VectorSource[]> {
  return [plans(), samples()]
}
