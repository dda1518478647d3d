import { EVENTS } from '#protocol/catalogue.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { createMembers } from '../../../../workers/kernel/community/members.ts'
import { type EventLog, openLog } from '../../../../workers/kernel/log/log.ts'
import { answerJoin } from '../../../../workers/kernel/services/join-door.ts'
import { createMemoryStore } from '../../../../workers/memory/memory-store.ts'
import { createSeededRuntime } from '../../../../workers/testing/seeded-runtime.ts'
import type { Proofs } from '../proof.ts'
import { people } from '../seeded.ts'

interface Held {
  readonly community_id: NodeId
  readonly events: readonly SignedEvent[]
}

/** A log of somebody who wrote nothing in it, after these events came one by one. */
async function logOf({ community_id, events }: Held): Promise<EventLog> {
  const { hub } = await people()
  const deps = { runtime: createSeededRuntime(1), store: createMemoryStore(), signer: hub, types: EVENTS }
  const log = await openLog(deps, community_id)
  for (const event of events) await log.ingest([event])
  return log
}

export const proofs = {
  async 'community.fold'(held: Held) {
    const state = (await logOf(held)).state()
    const members = [...(state?.members.values() ?? [])].map(({ nodeId, displayName, level, status }) => ({
      node_id: nodeId,
      display_name: displayName,
      level,
      status,
    }))
    return { name: state?.name, policy: state?.policy, members: members.sort((a, b) => (a.node_id < b.node_id ? -1 : 1)) }
  },
  async 'community.join'({ caller, now, event, ...held }: Held & { caller: NodeId; now: string; event: SignedEvent }) {
    const log = await logOf(held)
    const runtime = { ...createSeededRuntime(1), now: () => Date.parse(now) }
    const members = createMembers(() => log)
    return { content_id: await answerJoin({ runtime, log, members }, event, caller) }
  },
} satisfies Proofs
