import { HearthError } from '#protocol/core/errors.ts'
import { type CommunityId, parseNodeId } from '#protocol/core/ids.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { Identity } from '../identity.ts'
import { CAUGHT_UP_KEY, type EventLog, openLog } from '../log/log.ts'
import type { Position } from '../log/sign-event.ts'
import type { Notifier } from '../notifier.ts'
import type { Runtime } from '../runtime.ts'
import type { Store, Write } from '../store/store.ts'
import { createViews, type Views } from '../view-host.ts'

export interface OpenCommunity {
  readonly log: EventLog
  readonly views: Views
}

/** The community this device is in, if any. */
export interface CommunityHolder {
  current(): OpenCommunity | null
  /** Opens the one this device was in when it stopped. */
  resume(signer: Signer): Promise<OpenCommunity | null>
  /**
   * A community's id is its root's, so one identity founds one community, ever: a second founding would fork the first
   * (EVT-7). @throws HearthError `bad_request`; `partition` for a restored identity, which may have founded before
   */
  claimFounding(identity: Identity): Promise<void>
  /** Where this device's chain in a community it forgot goes on: a second first event would be a fork (EVT-7). */
  positionIn(id: CommunityId): Promise<Position>
  /** Makes `id` this device's community. */
  open(id: CommunityId, signer: Signer): Promise<OpenCommunity>
  /** Forgets the community and its log on this device. */
  forget(): Promise<void>
}

export interface HolderDeps {
  readonly runtime: Runtime
  readonly store: Store
  readonly notifier: Notifier
  readonly types: ReadonlyMap<string, EventDefinition>
  /** Called after a community was opened or forgotten, before anyone is answered. */
  readonly moved: () => Promise<void>
  readonly noticed: () => void
}

const COMMUNITY_KEY = 'community'
const FOUNDED_KEY = 'founded'
const positionKey = (id: CommunityId): string => `position ${id}`

export function createCommunityHolder(deps: HolderDeps): CommunityHolder {
  const { store, notifier } = deps
  let current: OpenCommunity | null = null

  async function start(id: CommunityId, signer: Signer): Promise<OpenCommunity> {
    const log = await openLog({ ...deps, signer }, id)
    log.changed.on(({ types }) => notifier.log(types))
    log.noticed.on(deps.noticed)
    current = { log, views: createViews({ runtime: deps.runtime, store, log }) }
    await deps.moved()
    return current
  }

  return {
    current: () => current,

    async resume(signer) {
      const stored = await store.get('meta', COMMUNITY_KEY)
      return stored === undefined ? null : start(parseNodeId(stored), signer)
    },

    async claimFounding(identity) {
      if (identity.recovery === 'restored') {
        throw new HearthError('partition', 'a restored identity comes back by an invite and catches up before it writes')
      }
      if (await store.get('meta', FOUNDED_KEY))
        throw new HearthError('bad_request', 'this identity has founded a community already')
      await store.write([{ table: 'meta', key: FOUNDED_KEY, value: true }])
    },

    async positionIn(id) {
      // written by `forget` alone
      return ((await store.get('meta', positionKey(id))) as Position | undefined) ?? { lamport: 0, prev: null }
    },

    async open(id, signer) {
      if (current?.log.communityId === id) return current
      await store.write([{ table: 'meta', key: COMMUNITY_KEY, value: id }])
      return start(id, signer)
    },

    async forget() {
      const snapshots = (await store.entries('snapshot')).map(([key]) => key)
      const last = current?.log.ownLast()
      const remembered: Write[] =
        current && last ? [{ table: 'meta', key: positionKey(current.log.communityId), value: last }] : []
      const segments = [...(await store.entries('head'))].map(([key]) => key)
      await store.write([
        ...remembered,
        { table: 'meta', key: CAUGHT_UP_KEY, remove: true },
        { table: 'meta', key: COMMUNITY_KEY, remove: true },
        ...snapshots.map((key): Write => ({ table: 'snapshot', key, remove: true })),
        ...segments.flatMap((key) => [
          { table: 'head', key, remove: true } as const,
          { table: 'segment', key, remove: true } as const,
        ]),
      ])
      current = null
      await deps.moved()
    },
  }
}
