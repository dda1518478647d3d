import { canonical } from '#protocol/core/canonical.ts'
import { concatBytes, fromBase64Url, fromHex, utf8 } from '#protocol/core/encoding.ts'
import { EVENT_SCHEMA_VERSION, type SignedEvent } from '#protocol/core/event.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import { type ClaimId, type NodeId, nodeIdOf, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { EVIDENCE_RETRACTED } from '#protocol/evidence/constants.ts'
import { claimAsserted, claimAttested, disputeOpened, disputeRetracted, type Source } from '#protocol/evidence/events.ts'
import type { Member } from '../../kernel/community/state.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createView } from '../../kernel/views.ts'
import { CLAIMS, DISPUTES, PEOPLE, type SampleClaim, VOUCHES } from './sample-data.ts'
import { createSpace, type Space } from './space.ts'
import { claimsView } from './store.ts'

const DAY_MS = 86_400_000
/** DER head of an Ed25519 private key in PKCS#8 (RFC 8410, section 7): the 32-byte seed follows. */
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')

/** A key that everyone can make, for somebody who does not exist: it signs samples and is no member anywhere. */
async function sampleSigner(name: string): Promise<Signer> {
  const seed = sha256(utf8(`hearthnet sample ${name}`))
  const key = await crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_HEAD, seed), 'Ed25519', true, ['sign'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', key)
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, bytes)),
  }
}

/** Writes the events a small community would have written. */
function createScribe(runtime: Runtime, communityId: NodeId) {
  const events: VerifiedEvent[] = []
  async function write<E extends EventDefinition>(by: Signer, type: E, data: EventData<E>, atMs: number): Promise<void> {
    const event: SignedEvent = await signRecord(by, {
      schema_version: EVENT_SCHEMA_VERSION,
      event_id: runtime.ulid(),
      lamport: events.length + 1,
      wall_clock: wireTime(atMs),
      community_id: communityId,
      author: by.nodeId,
      prev: null,
      event_type: type.type,
      // every event's data is a JSON object by its schema
      data: data as SignedEvent['data'],
    })
    const text = canonical(event)
    events.push({ cid: hashOf(utf8(text)), event, text })
  }
  return { events, write }
}

async function writeSample(runtime: Runtime, loadedAtMs: number) {
  const signers = new Map<string, Signer>()
  for (const { name } of PEOPLE) signers.set(name, await sampleSigner(name))
  const signer = (name: string): Signer => {
    const found = signers.get(name)
    if (!found) throw new TypeError(`nobody in the sample is called ${name}`)
    return found
  }
  const at = (daysAgo: number): number => loadedAtMs - daysAgo * DAY_MS
  const scribe = createScribe(runtime, signer(PEOPLE[0]?.name ?? '').nodeId)
  const ids = new Map<string, ClaimId>()

  const sourcesOf = ({ sources = [], daysAgo }: SampleClaim, by: Signer): Source[] =>
    sources.map(([id, excerpt]) => ({
      source_id: id === 'own' ? `node:${by.nodeId}` : id,
      accessed_at: wireTime(at(daysAgo)),
      ...(excerpt === undefined ? {} : { excerpt }),
    }))

  async function claim(by: Signer, said: SampleClaim, derived_from: readonly ClaimId[]) {
    const { subject, predicate, object, confidence = 0.9, ttlDays } = said
    return signRecord(by, {
      subject,
      predicate,
      object,
      asserted_by: by.nodeId,
      asserted_at: wireTime(at(said.daysAgo)),
      sources: sourcesOf(said, by),
      confidence,
      derived_from: [...derived_from],
      ...(ttlDays === undefined ? {} : { ttl_days: ttlDays }),
    })
  }

  for (const [key, said] of Object.entries(CLAIMS)) {
    const by = signer(said.by)
    const signed = await claim(
      by,
      said,
      (said.from ?? []).flatMap((parent) => ids.get(parent) ?? []),
    )
    ids.set(key, claimIdOf(signed))
    await scribe.write(by, claimAsserted, { claim_id: claimIdOf(signed), claim: signed }, at(said.daysAgo))
  }
  const idOf = (key: string): ClaimId => {
    const id = ids.get(key)
    if (!id) throw new TypeError(`no claim ${key} in the sample`)
    return id
  }
  for (const { claim: key, by: name, daysAgo, role, rationale } of VOUCHES) {
    const by = signer(name)
    const attestation = await signRecord(by, {
      claim_id: idOf(key),
      attester: by.nodeId,
      attested_at: wireTime(at(daysAgo)),
      role,
      rationale,
    })
    await scribe.write(by, claimAttested, { attestation }, at(daysAgo))
  }
  for (const { claim: key, by: name, daysAgo, rationale, counterclaim, withdrawnDaysAgo } of DISPUTES) {
    const by = signer(name)
    const dispute = await signRecord(by, {
      claim_id: idOf(key),
      counterclaim: counterclaim === undefined ? null : idOf(counterclaim),
      disputer: by.nodeId,
      disputed_at: wireTime(at(daysAgo)),
      rationale,
    })
    const dispute_id = disputeIdOf(dispute)
    await scribe.write(by, disputeOpened, { dispute_id, dispute }, at(daysAgo))
    if (withdrawnDaysAgo === undefined) continue
    const subject = CLAIMS[key]?.subject ?? ''
    const said = { by: name, daysAgo: withdrawnDaysAgo, subject, predicate: EVIDENCE_RETRACTED, object: dispute_id }
    const back = await claim(by, said, [idOf(key)])
    await scribe.write(by, disputeRetracted, { claim_id: claimIdOf(back), claim: back }, at(withdrawnDaysAgo))
  }
  const members = new Map<NodeId, Member>(
    PEOPLE.map(({ name, level, joinedDaysAgo }, index) => [
      signer(name).nodeId,
      {
        nodeId: signer(name).nodeId,
        displayName: name,
        level,
        status: 'active',
        joinedAt: wireTime(at(joinedDaysAgo)),
        invitedBy: index === 0 ? null : signer(PEOPLE[0]?.name ?? '').nodeId,
      },
    ]),
  )
  return { events: scribe.events, members }
}

/**
 * The sample set as a space of its own: the same view, folded from events that are in no log and can reach none. Dropping
 * the space drops every trace of it.
 */
export async function createSampleSpace(runtime: Runtime, loadedAtMs: number): Promise<Space> {
  const { events, members } = await writeSample(runtime, loadedAtMs)
  const view = createView(claimsView)
  view.apply(events, [])
  return createSpace({ kind: 'sample', view, member: (nodeId) => members.get(nodeId) ?? null })
}
