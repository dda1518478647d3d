import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { rawSignatures } from './raw.ts'
import { records } from './records.ts'

/** ID-4: signatures over bytes and over records. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [await rawSignatures(all), ...(await records(all))]
}
