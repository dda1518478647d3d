import type { Static, TObject } from '@sinclair/typebox'
import type { Capability } from './capability.ts'

/** One event type with the schema of its `data`. */
export interface EventDefinition<D extends TObject = TObject> {
  readonly type: string
  readonly data: D
  /** `community` events travel in the log; `device` events stay on this device. */
  readonly scope: 'community' | 'device'
}
export type EventData<E extends EventDefinition> = Static<E['data']>

export const defineEvent = <D extends TObject>(type: string, data: D, scope: 'community' | 'device' = 'community'): EventDefinition<D> => ({
  type,
  data,
  scope,
})

/**
 * Everything one module adds to the protocol. `planned` holds the names of the index (11-index) that nobody has built
 * yet, so that `protocol.self.describe` can say so; building one moves it to `capabilities`.
 */
export interface ModuleContract {
  /** Folder name in every room, and the key of its switch in the configuration. */
  readonly id: string
  /** The number people know it by, for instance `M30`; null for the kernel's own. */
  readonly number: string | null
  readonly stability: 'stable' | 'experimental'
  readonly capabilities: readonly Capability[]
  readonly events: readonly EventDefinition[]
  readonly planned: { readonly capabilities: readonly string[]; readonly events: readonly string[] }
}

export const defineModuleContract = (contract: ModuleContract): ModuleContract => contract
