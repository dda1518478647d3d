import type { VectorSource } from '../format.ts'
import { manifests } from './manifests.ts'
import { plans } from './plans.ts'
import { samples } from './samples.ts'

/** M26: manifests, plans and choices that everybody makes alike. */
export async function sources(): Promise<readonly VectorSource[]> {
  return [manifests(), plans(), samples()]
}
