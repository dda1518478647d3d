import type { Static, TObject } from '@sinclair/typebox'
import type { ModuleSwitch } from './config.ts'
import type { SignedEvent } from './event.ts'
import { parseAs } from './schema.ts'

/** One event type with the schema of its `data`. */
export interface EventDefinition<D extends TObject = TObject> {
  readonly type: string
  readonly data: D
  /** `community` events travel in the log; `device` events stay on this device. */
  readonly scope: 'community' | 'device'
  /** Whoever stores one compares with its neighbours at once, in case gossip lost it (SYN-8). */
  readonly urgent: boolean
  /**
   * What a receiver checks beyond the envelope before it stores an event of this type, whether or not the module is
   * switched on: the schema of `data`, and records inside that carry signatures or ids of their own.
   * @throws HearthError `schema_mismatch` and the type's own codes
   */
  readonly check: (event: SignedEvent) => Promise<void>
}
export type EventData<E extends EventDefinition> = Static<E['data']>

interface EventOptions<D extends TObject> {
  readonly scope?: 'community' | 'device'
  readonly urgent?: boolean
  /** Beyond the schema: runs on data that already matches it. */
  readonly verify?: (data: Static<D>, event: SignedEvent) => void | Promise<void>
}

export function defineEvent<D extends TObject>(type: string, data: D, options: EventOptions<D> = {}): EventDefinition<D> {
  return {
    type,
    data,
    scope: options.scope ?? 'community',
    urgent: options.urgent ?? false,
    check: async (event) => {
      const parsed = parseAs(data, event.data)
      await options.verify?.(parsed, event)
    },
  }
}

/**
 * What every node knows of a module, whether it is switched on or not. Its capabilities are the exports of its
 * `*capabilities.ts` (`capabilities.ts` at the root finds them): their schemas are loaded by who serves or calls them.
 * `planned` holds the names of the index (11-index) that nobody has built yet, so that `protocol.self.describe` can say so.
 */
export interface ModuleContract {
  /** Folder name in every room, and the key of its switch in the configuration. */
  readonly id: string
  /** The number people know it by, for instance `M30`; null for the kernel's own. */
  readonly number: string | null
  readonly stability: 'stable' | 'experimental'
  /** Its switch in the configuration; null for what cannot be switched off. */
  readonly config: ModuleSwitch | null
  readonly events: readonly EventDefinition[]
  readonly planned: { readonly capabilities: readonly string[]; readonly events: readonly string[] }
}

export const defineModuleContract = (contract: ModuleContract): ModuleContract => contract
