import { EVENTS } from '#protocol/catalogue.ts'
import { compareReplay } from '#protocol/core/event.ts'
import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import { parseContentId } from '#protocol/core/ids.ts'
import { openLog } from '../../../../workers/kernel/log/log.ts'
import { createSegments } from '../../../../workers/kernel/log/segments.ts'
import { verifyEvent } from '../../../../workers/kernel/log/verify.ts'
import { createMemoryStore } from '../../../../workers/memory/memory-store.ts'
import { createSeededRuntime } from '../../../../workers/testing/seeded-runtime.ts'
import type { Proofs } from '../proof.ts'
import { people, ulidOf } from '../seeded.ts'
import { FOUNDING, signedEvent } from './make.ts'

/** A log of one member whose clock shows a time: opened from a store, for no sync gets there step by step. */
async function logAt(clock: number) {
  const { anna } = await people()
  const store = createMemoryStore()
  const stored = [
    await signedEvent(anna, anna.nodeId, {
      event_type: 'community.root.founded',
      data: FOUNDING,
      lamport: 1,
      event_id: ulidOf('founding'),
    }),
    await signedEvent(anna, anna.nodeId, { lamport: clock, event_id: ulidOf('clock') }),
  ]
  const verified = await Promise.all(stored.map((event) => verifyEvent(event, anna.nodeId, EVENTS)))
  await store.write(createSegments(store).plan(verified).writes)
  return openLog({ runtime: createSeededRuntime(1), store, signer: anna, types: EVENTS }, anna.nodeId)
}

export const proofs = {
  async 'event.verify'({ community_id, event }: { community_id: NodeId; event: unknown }) {
    return { content_id: (await verifyEvent(event, community_id, EVENTS)).cid }
  },
  'event.order': ({ events }: { events: { lamport: number; content_id: string }[] }) => ({
    content_ids: events
      .map(({ lamport, content_id }) => ({ lamport, cid: parseContentId(content_id) }))
      .sort(compareReplay)
      .map(({ cid }): ContentId => cid),
  }),
  async 'clock.receive'({ clock, lamport }: { clock: number; lamport: number }) {
    const { anna } = await people()
    const log = await logAt(clock)
    const [outcome] = await log.ingest([await signedEvent(anna, anna.nodeId, { lamport })])
    if (outcome?.kind === 'refused') throw outcome.error
    return { kind: outcome?.kind, clock: log.clock() }
  },
} satisfies Proofs
