import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { identityCreate, identityRestore, nodeStatus, recoveryExport, recoverySettle } from '#protocol/node/capabilities.ts'
import { statusChanged } from '#protocol/node/events.ts'
import type { Bus } from '../bus/bus.ts'
import type { Identity, IdentityKeeper } from '../identity.ts'
import type { Notifier } from '../notifier.ts'

export interface IdentityServiceDeps {
  readonly bus: Bus
  readonly identity: IdentityKeeper
  readonly notifier: Notifier
  readonly version: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Brings up what needs an identity. */
  readonly born: (identity: Identity) => Promise<void>
}

/** `node.status` and `node.identity.*`. */
export function serveIdentity(deps: IdentityServiceDeps): void {
  const { bus, identity, notifier } = deps

  bus.handle(nodeStatus, async () => {
    const own = identity.current()
    return {
      identity: own && {
        node_id: own.nodeId,
        display_name: own.displayName,
        created_at: wireTime(own.createdAt),
        recovery: own.recovery,
      },
      version: deps.version,
      started_at: wireTime(deps.startedAt),
    }
  })

  bus.handle(identityCreate, async ({ display_name }) => {
    const made = await identity.create(display_name)
    await deps.born(made)
    notifier.device(statusChanged)
    return { node_id: made.nodeId }
  })

  bus.handle(recoveryExport, async ({ passphrase }) => ({ file: await identity.exportRecovery(passphrase) }))

  bus.handle(recoverySettle, async ({ outcome }) => {
    if (!identity.current()) throw new HearthError('not_found', 'this device has no identity yet')
    await identity.settleRecovery(outcome)
    notifier.device(statusChanged)
    return {}
  })

  bus.handle(identityRestore, async ({ file, passphrase }) => {
    const restored = await identity.restore(file, passphrase)
    await deps.born(restored)
    notifier.device(statusChanged)
    return { node_id: restored.nodeId }
  })
}
