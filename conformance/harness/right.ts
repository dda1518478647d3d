import { contentId, type Json } from '../client/encoding.ts'
import { manifestOf } from '../client/manifest.ts'
import type { Peer } from '../client/peer.ts'

const ID = `blake3:${'0'.repeat(64)}`
const CLAIM = 'A'.repeat(52)
const ULID = '01JZZZZZZZZZZZZZZZZZZZZZZZ'
const SOMEBODY = `ed25519:${'A'.repeat(43)}`
const SHARD = { shard_id: 'nobody:0-1', weights_sha256: `sha256:${'0'.repeat(64)}` }
const QUESTION: Json = { model: 'nobody', messages: [{ role: 'user', content: 'x' }] }
const DRAFT: Json = {
  severity: 'info',
  language: 'de-DE',
  title: 'Probe',
  body: 'Dies ist eine Probe.',
  instructions: [],
  variants: [],
  target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local'] },
  expires_at: '2036-05-26T08:00:00Z',
  publisher_cert: CLAIM,
  drill: true,
}

/**
 * An input that each capability's schema allows. Its names are those of the index; a capability without one here has
 * all wrong ways derived from its schema, and its right way from `{}` where that is allowed.
 */
const RIGHT: Readonly<Record<string, (peer: Peer | null) => Json>> = {
  'node.echo': () => ({ payload: 'hello' }),
  'node.manifest.exchange': (peer) => ({ manifest: peer ? manifestOf(peer) : null }),
  'node.identity.create': () => ({ display_name: 'x' }),
  'node.identity.recovery.export': () => ({ passphrase: 'long enough' }),
  'node.identity.recovery.settle': () => ({ outcome: 'saved' }),
  'node.traces': () => ({ limit: 10 }),
  'node.erase': () => ({ confirm: 'erase' }),
  'community.found': () => ({ name: 'x' }),
  'community.invite': () => ({ level: 'member', valid_seconds: 600, uses: 1 }),
  'community.invite.inspect': () => ({ invite: 'x' }),
  'community.redeem': () => ({ invite: 'x' }),
  'community.promote': () => ({ subject: SOMEBODY, level: 'trusted' }),
  'community.demote': () => ({ subject: SOMEBODY }),
  'community.revoke': () => ({ subject: SOMEBODY, reason: '' }),
  'community.rename': () => ({ display_name: 'Node under test' }),
  'community.federation.propose': () => ({ grants: [], valid_seconds: 3600 }),
  'community.federation.inspect': () => ({ text: 'x' }),
  'community.federation.accept': () => ({ text: 'x', grants: [] }),
  'community.federation.complete': () => ({ text: 'x' }),
  'community.federation.end': () => ({ manifest_id: ULID }),
  'community.federation.pass': () => ({ manifest_id: ULID, capability: 'node.echo' }),
  'events.list': () => ({ limit: 3 }),
  'auth.token.issue': () => ({ subject: '*', scope: { capabilities: ['node.echo'] }, valid_seconds: 60 }),
  'auth.token.revoke': () => ({ jti: ULID }),
  'protocol.conformance.report': () => ({ action: 'fetch' }),
  'experimental.evidence.claim.assert': () => ({
    subject: 'x',
    predicate: 'y',
    object: 'z',
    sources: [],
    confidence: 1,
    derived_from: [],
  }),
  'experimental.evidence.claim.get': () => ({ claim_id: CLAIM }),
  'experimental.evidence.claim.query': () => ({ limit: 5 }),
  'experimental.evidence.claim.attest': () => ({ claim_id: CLAIM, role: 'expert', rationale: 'because' }),
  'experimental.evidence.claim.dispute': () => ({ claim_id: CLAIM, rationale: 'because' }),
  'experimental.evidence.claim.retract': () => ({ claim_id: CLAIM }),
  'experimental.evidence.dispute.retract': () => ({ claim_id: CLAIM, dispute_id: CLAIM }),
  'experimental.evidence.provenance.trace': () => ({ claim_id: CLAIM }),
  'experimental.evidence.subject.summary': () => ({ subject: 'x' }),
  'experimental.evidence.subject.list': () => ({ prefix: '', limit: 5 }),
  'experimental.evidence.quarantine.list': () => ({ limit: 5 }),
  'experimental.evidence.lists.set': () => ({ allowed: [], blocked: [] }),
  'experimental.evidence.ebkh.sync': () => ({ direction: 'pull' }),
  'experimental.lora.beacon.send': () => ({ ok: false }),
  'experimental.lora.peer.verify': () => ({ sender_hash: '509e7b65', node_id: SOMEBODY }),
  'experimental.lora.peer.decide': () => ({ sender_hash: '509e7b65', decision: 'keep' }),
  'experimental.lora.recent_beacons': () => ({ limit: 5 }),
  'experimental.lora.battery.report': () => ({ low: false }),
  'experimental.civdef.alert.publish': () => ({ draft: DRAFT }),
  'experimental.civdef.alert.cancel': () => ({ alert_id: ULID, cert_id: CLAIM, reason: 'over', all_clear: true }),
  'experimental.civdef.alert.list': () => ({ limit: 5 }),
  'experimental.civdef.alert.get': () => ({ key: ULID }),
  'experimental.civdef.alert.explain': () => ({ key: ULID }),
  'experimental.civdef.alert.ack': () => ({ alert_id: ULID, status: 'received' }),
  'experimental.civdef.alert.acks': () => ({ alert_id: ULID }),
  'experimental.civdef.alert.preview': () => ({ draft: DRAFT }),
  'experimental.civdef.draft.save': () => ({ draft: DRAFT }),
  'experimental.civdef.draft.discard': () => ({ draft_id: ULID }),
  'experimental.civdef.role.list': () => ({ limit: 5 }),
  'experimental.civdef.role.revoke': () => ({ cert_id: CLAIM, reason: 'over' }),
  'experimental.civdef.place.search': () => ({ text: 'Issum', limit: 5 }),
  'experimental.civdef.cosign.import': () => ({ text: 'x' }),
  'experimental.civdef.cosign.answer': () => ({ request_id: ULID, cert_id: CLAIM, sign: false }),
  'experimental.civdef.cosign.deliver': () => ({ request_id: ULID, attestation: null }),
  'experimental.civdef.cosign.request': () => ({ draft: DRAFT, to: SOMEBODY }),
  'experimental.civdef.ceremony.request': () => ({
    role: 'DE.NRW.Kleve.Issum.Feuerwehr.Helfer',
    region: 'DE.NRW.Kleve.Issum',
    title: 'Helper',
    scopes: ['acks.read'],
  }),
  'experimental.civdef.ceremony.issue': () => ({
    text: 'x',
    under: null,
    scopes: ['acks.read'],
    expires_at: '2036-05-26T08:00:00Z',
  }),
  'experimental.civdef.ceremony.accept': () => ({ text: 'x' }),
  'experimental.civdef.audit.export': () => ({ format: 'jsonl' }),
  'experimental.civdef.audit.verify': () => ({ by: 'checkpoints' }),
  'experimental.civdef.audit.restart': () => ({ reason: 'broken' }),
  'experimental.civdef.cap.export': () => ({ key: ULID }),
  'experimental.distributed_llm.shard.connect': () => SHARD,
  'experimental.distributed_llm.shard.forward': () => ({ ...SHARD, tokens: 1, hidden: 'AAA' }),
  'experimental.distributed_llm.shard.offer': () => ({ model: 'nobody' }),
  'experimental.distributed_llm.pipeline.plan': () => ({ model: 'nobody' }),
  'experimental.distributed_llm.pipeline.run': () => QUESTION,
  'experimental.distributed_llm.chat': () => QUESTION,
  'experimental.distributed_llm.shard.withdraw': () => ({ shard_id: SHARD.shard_id }),
  'community.join': (peer) => ({
    event: peer
      ? JSON.parse(JSON.stringify(peer.event('community.member.joined', { invite: 'x', display_name: 'x' })))
      : { event_id: contentId(ID) },
  }),
}

/** Codes a right call may have because what it asks about is not there, and for no other reason. */
export const NOT_THERE: ReadonlySet<string> = new Set([
  'claim_not_found',
  'not_found',
  'shard_unavailable',
  'ebkh_unavailable',
  'lora_hardware_unavailable',
  'lora_peer_unknown',
  'civdef_alert_not_found',
  'civdef_cert_unrecognised',
  'protocol_suite_not_installed',
  'bad_request',
])

export const rightInput = (capability: string, peer: Peer | null): Json => RIGHT[capability]?.(peer) ?? {}
