import { readdir } from 'node:fs/promises'
import type { Fault } from './fault.ts'

const AREAS = new URL('./areas/', import.meta.url)

/** Every fault there is: a file for each area, found and not listed. */
export async function allFaults(): Promise<readonly Fault[]> {
  const names = (await readdir(AREAS)).filter((name) => name.endsWith('.ts')).sort()
  const found = await Promise.all(
    names.map(async (name): Promise<{ readonly faults: readonly Fault[] }> => import(new URL(name, AREAS).href)),
  )
  return found.flatMap(({ faults }) => faults)
}
