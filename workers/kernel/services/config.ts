import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { configChanged } from '#protocol/config/events.ts'
import type { Bus } from '../bus/bus.ts'
import type { ConfigKeeper } from '../config.ts'
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
    const next = await config.change(patch)
    await applied()
    notifier.device(configChanged)
    return next
  })
}
