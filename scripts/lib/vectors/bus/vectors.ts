import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { answers } from './answers.ts'
import { descriptors } from './descriptors.ts'
import { flows } from './flows.ts'
import { frames } from './frames.ts'
import { requests } from './requests.ts'

/** Section 6: framing, requests, answers, streams, descriptors, manifests. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [...frames(), await requests(all), ...answers(), ...flows(), ...(await descriptors(all))]
}
