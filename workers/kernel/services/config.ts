import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { configChanged } from '#protocol/config/events.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { Bus } from '../bus/bus.ts'
import type { ConfigKeeper } from '../config.ts'
import { isBoxAddress } from '../mesh/box-address.ts'
import type { Notifier } from '../notifier.ts'

export interface ConfigServiceDeps {
  readonly bus: Bus
  readonly config: ConfigKeeper
  readonly notifier: Notifier
  /** Starts and stops what the change asks for (section 9: takes effect without a reload). */
  readonly applied: () => Promise<void>
}

/** `config.*`. */
export function serveConfig({ bus, config, notifier, applied }: ConfigServiceDeps): void {
  bus.handle(configGet, async () => config.current())
  bus.handle(configSet, async (patch) => {
    const unusable = patch.mesh?.relays?.find((relay) => !isBoxAddress(relay))
    if (unusable !== undefined) {
      throw new HearthError('bad_request', 'not the address of a box', { data: { field: '/mesh/relays' } })
    }
    const next = await config.change(patch)
    await applied()
    notifier.device(configChanged)
    return next
  })
}
