import * as Type from '#protocol/core/type.ts'
import { sampleGet, sampleLoad, sampleRemove } from '#protocol/evidence/desk-capabilities.ts'
import { sampleChanged } from '#protocol/evidence/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { createTurn } from '../../kernel/turn.ts'
import type { Space } from './space.ts'

export interface Sample {
  current(): Space | null
  stop(): void
}

/** When it was loaded, in milliseconds since 1970: the same samples after a restart. */
const LoadedSchema = Type.Union([Type.Null(), Type.Integer({ minimum: 0 })])

const subjectsOf = (space: Space): string[] => [...new Set(space.newest().map(({ claim }) => claim.subject))].sort()

/** Ten subjects to look around in, over what this device shows and nowhere else. */
export async function serveSample({
  bus,
  runtime,
  shelf,
  notify,
}: Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify'>): Promise<{
  readonly sample: Sample
  readonly withdraw: (() => void)[]
}> {
  const drawer = await shelf.open('evidence.sample', LoadedSchema, null)
  let space: Space | null = null

  async function load(loadedAt: number): Promise<Space> {
    const { createSampleSpace } = await import('./sample.ts')
    return createSampleSpace(runtime, loadedAt)
  }
  const stored = drawer.get()
  if (stored !== null) space = await load(stored)
  // loading takes a while, and who removes meanwhile means what is being loaded
  const inTurn = createTurn()

  return {
    sample: { current: () => space, stop: () => space?.stop() },
    withdraw: [
      bus.handle(sampleGet, async () => ({
        loaded: space !== null,
        subjects: space ? subjectsOf(space) : [],
        claims: space?.view.size ?? 0,
      })),
      bus.handle(sampleLoad, () =>
        inTurn(async () => {
          if (space === null) {
            const now = runtime.now()
            space = await load(now)
            await drawer.set(now)
            notify(sampleChanged)
          }
          return { subjects: subjectsOf(space), claims: space.view.size }
        }),
      ),
      bus.handle(sampleRemove, () =>
        inTurn(async () => {
          await drawer.set(null)
          space?.stop()
          space = null
          notify(sampleChanged)
          return {}
        }),
      ),
    ],
  }
}
