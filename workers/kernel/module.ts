import type { ModuleSwitch } from '#protocol/core/config.ts'
import type { ModuleContract } from '#protocol/core/module.ts'
import type { Bus } from './bus/bus.ts'

/** A running module: what it takes to stop it. */
export interface RunningModule {
  stop(): Promise<void>
}

/**
 * One module's worker half, default export of `workers/modules/<id>/module.ts`, found by folder. `needs` names what it
 * takes from the kernel; an unmet need fails its start with a named error, and the rest of the node goes on.
 */
export interface WorkerModule<Deps> {
  readonly contract: ModuleContract
  /** Its switch in the configuration. */
  readonly config: ModuleSwitch
  readonly needs: readonly (keyof Deps)[]
  start(deps: Deps): Promise<RunningModule>
}

export type { Bus }
