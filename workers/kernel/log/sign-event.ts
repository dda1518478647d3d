import { EVENT_SCHEMA_VERSION, type SignedEvent, type UnsignedEvent } from '#protocol/core/event.ts'
import { type CommunityId, type ContentId, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import type { Runtime } from '../runtime.ts'

/** Where an event goes in its author's chain. */
export interface Position {
  readonly lamport: number
  readonly prev: ContentId | null
}

/** Makes a signed event without storing it: for a log, and for a newcomer's joining, which a member lets in (COM-3). */
export async function signEvent<E extends EventDefinition>(
  { runtime, signer }: { readonly runtime: Runtime; readonly signer: Signer },
  communityId: CommunityId,
  type: E,
  data: EventData<E>,
  { lamport, prev }: Position,
): Promise<SignedEvent> {
  const unsigned: UnsignedEvent = {
    schema_version: EVENT_SCHEMA_VERSION,
    event_id: runtime.ulid(),
    lamport,
    wall_clock: wireTime(runtime.now()),
    community_id: communityId,
    author: signer.nodeId,
    prev,
    event_type: type.type,
    // every event's data is a JSON object by its schema
    data: data as SignedEvent['data'],
  }
  return signRecord(signer, unsigned)
}
