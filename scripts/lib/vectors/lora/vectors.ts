import type { VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { channel } from './airtime.ts'
import { events } from './events.ts'
import { frames, hashes } from './frames.ts'
import { hearing } from './hearing.ts'
import { proving } from './proofs.ts'
import { sticks } from './sticks.ts'

/** M29: frames, the channel they go on, whose they are, and what sticks say. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [frames(all), hashes(all), ...channel(), ...(await proving(all)), await events(all), ...hearing(all), sticks()]
}
