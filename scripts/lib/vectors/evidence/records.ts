import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { bad, good } from '../cases.ts'
import { signedEvent } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { attestationBy, claimBy, disputeBy, NO_SIGNATURE, withDisputeId, withId } from './make.ts'

/** Makes vectors of whole events: what is wrong is inside `data`, the event itself is signed. */
function eventsIn(community: string, event_type: string, author: Signer) {
  const event = async (data: object, by: Signer = author) => ({
    community_id: community,
    // a NodeID, as every community id here
    event: await signedEvent(by, community as Signer['nodeId'], { event_type, data }),
  })
  return {
    yes: async (name: string, comment: string, data: object, by?: Signer): Promise<Vector> =>
      good(name, comment, await event(data, by)),
    no: async (name: string, catches: string, error: string, data: object, by?: Signer): Promise<Vector> =>
      bad(name, catches, await event(data, by), error),
  }
}

async function asserted({ anna, bert, hub }: People): Promise<VectorSource> {
  const { yes, no } = eventsIn(anna.nodeId, 'evidence.claim.asserted', anna)
  const mine = withId(await claimBy(anna))
  const others = withId(await claimBy(hub))
  const admitted = { hub: hub.nodeId }
  return {
    name: 'claim-event',
    operation: 'event.accept',
    rule: 'EVI-2',
    about: 'A claim inside its event: signed by the author of the event, or by a hub whose claim the author admits.',
    vectors: await Promise.all([
      yes('a claim of one’s own', 'Asserter and author are one', mine),
      yes('a claim of a hub', 'Admitted by a member', { ...others, admitted }),
      no(
        'a claim of somebody else',
        'whoever passes a claim on is taken for its author',
        'claim_signature_invalid',
        mine,
        bert,
      ),
      no('a claim of a hub, not admitted', 'any signed claim is let in', 'claim_signature_invalid', others),
      no('a claim of one’s own, as a hub’s', 'admitted is believed', 'claim_signature_invalid', { ...mine, admitted }),
      no('a hub who is no id', 'any text is an id', 'schema_mismatch', { ...others, admitted: { hub: 'x' } }),
      no('no id', 'a missing id is made', 'schema_mismatch', { claim: mine.claim }),
      no('the id of another claim', 'the ClaimID is taken at its word', 'bad_request', { ...mine, claim_id: others.claim_id }),
      no('a claim without its own signature', 'the event’s signature is enough', 'schema_mismatch', {
        ...mine,
        claim: { ...mine.claim, signature: undefined },
      }),
      no('a claim with a broken signature', 'the event’s signature is enough', 'claim_signature_invalid', {
        ...mine,
        claim: { ...mine.claim, signature: NO_SIGNATURE },
      }),
      no('a field nobody knows', 'what is not in the contract is let in', 'schema_mismatch', { ...mine, level: 'attested' }),
    ]),
  }
}

async function attested({ anna, bert }: People): Promise<VectorSource> {
  const { yes, no } = eventsIn(anna.nodeId, 'evidence.claim.attested', bert)
  const { claim_id } = withId(await claimBy(anna))
  const by = (change: Parameters<typeof attestationBy>[2] = {}, signer = bert) => attestationBy(signer, claim_id, change)
  const right = await by()
  const wrong = async (name: string, catches: string, change: Parameters<typeof attestationBy>[2]): Promise<Vector> =>
    no(name, catches, 'schema_mismatch', { attestation: await by(change) })
  return {
    name: 'attestation',
    operation: 'event.accept',
    rule: 'EVI-2',
    about: 'An attestation inside its event.',
    vectors: await Promise.all([
      yes('a witness', 'In the first role', { attestation: right }),
      yes('a record holder', 'In the second role', { attestation: await by({ role: 'official record holder' }) }),
      yes('an expert', 'In the third role, which lifts no claim', { attestation: await by({ role: 'expert' }) }),
      yes('a rationale of 1,000 characters', 'As long as it may be', {
        attestation: await by({ rationale: 'x'.repeat(1000) }),
      }),
      yes('of one’s own claim', 'It is let in, and lifts nothing (EVI-3)', { attestation: await by({}, anna) }, anna),
      yes('of a claim nobody has seen', 'It waits for the claim', { attestation: await by({ claim_id: 'A'.repeat(52) }) }),
      no('of somebody else', 'whoever passes it on is taken for the attester', 'claim_signature_invalid', {
        attestation: await by({}, anna),
      }),
      no('signed by somebody else', 'the key is taken from elsewhere than the attester', 'claim_signature_invalid', {
        attestation: await by({ attester: bert.nodeId }, anna),
      }),
      no('changed after signing', 'the event’s signature is enough', 'claim_signature_invalid', {
        attestation: { ...right, role: 'expert' },
      }),
      no('of another claim, changed after signing', 'the claim is not signed', 'claim_signature_invalid', {
        attestation: { ...right, claim_id: 'A'.repeat(52) },
      }),
      no('with a signature of zeros', 'an empty signature passes', 'claim_signature_invalid', {
        attestation: { ...right, signature: NO_SIGNATURE },
      }),
      no('without a signature', 'the event’s signature is enough', 'schema_mismatch', {
        attestation: { ...right, signature: undefined },
      }),
      wrong('a role there is none of', 'any word is a role', { role: 'friend' }),
      wrong('a role in capitals', 'roles are compared without case', { role: 'Expert' }),
      wrong('an empty rationale', 'no lower limit', { rationale: '' }),
      wrong('a rationale of 1,001 characters', 'no upper limit', { rationale: 'x'.repeat(1001) }),
      wrong('no rationale', 'a missing text is empty', { rationale: undefined }),
      wrong('a claim that is no id', 'any text is an id', { claim_id: 'x' }),
      wrong('a content id for a claim', 'ids of one kind are taken for another', { claim_id: `blake3:${'ab'.repeat(32)}` }),
      wrong('a time with microseconds', 'more than milliseconds', { attested_at: '2026-05-26T08:00:00.000001Z' }),
      wrong('a field nobody knows', 'what is not in the contract is let in', { weight: 2 }),
      no('a list of attestations', 'one and a list of one are the same', 'schema_mismatch', { attestation: [right] }),
    ]),
  }
}

async function disputed({ anna, bert }: People): Promise<VectorSource> {
  const { yes, no } = eventsIn(anna.nodeId, 'evidence.dispute.opened', bert)
  const { claim_id } = withId(await claimBy(anna))
  const counter = withId(await claimBy(bert, { object: 'gesperrt' })).claim_id
  const by = async (change: Parameters<typeof disputeBy>[2] = {}, signer = bert) =>
    withDisputeId(await disputeBy(signer, claim_id, change))
  const right = await by()
  const wrong = async (name: string, catches: string, change: Parameters<typeof disputeBy>[2]): Promise<Vector> =>
    no(name, catches, 'schema_mismatch', { ...right, dispute: (await by(change)).dispute })
  return {
    name: 'dispute',
    operation: 'event.accept',
    rule: 'EVI-2',
    about: 'A dispute inside its event, with its DisputeID (EVI-1.1).',
    vectors: await Promise.all([
      yes('a plain objection', 'No counterclaim', right),
      yes('with a counterclaim', 'A claim of its own', await by({ counterclaim: counter })),
      yes('of one’s own claim', 'Allowed', await by({}, anna), anna),
      no('the id of another dispute', 'the DisputeID is taken at its word', 'bad_request', {
        ...right,
        dispute_id: (await by({ counterclaim: counter })).dispute_id,
      }),
      no('the id of the claim', 'ids of one kind are taken for another', 'bad_request', { ...right, dispute_id: claim_id }),
      no('the claim as its own counterclaim', 'a circle', 'bad_request', await by({ counterclaim: claim_id })),
      no('of somebody else', 'whoever passes it on is taken for the disputer', 'claim_signature_invalid', await by({}, anna)),
      no(
        'signed by somebody else',
        'the key is taken from elsewhere than the disputer',
        'claim_signature_invalid',
        await by({ disputer: bert.nodeId }, anna),
      ),
      no(
        'changed after signing',
        'the event’s signature is enough',
        'claim_signature_invalid',
        withDisputeId({ ...right.dispute, rationale: 'Doch.' }),
      ),
      no('with a signature of zeros', 'an empty signature passes', 'claim_signature_invalid', {
        ...right,
        dispute: { ...right.dispute, signature: NO_SIGNATURE },
      }),
      no('an id in small letters', 'base32 has two cases, and one dispute two ids', 'schema_mismatch', {
        ...right,
        dispute_id: disputeIdOf(right.dispute).toLowerCase(),
      }),
      no('no id', 'a missing id is made', 'schema_mismatch', { dispute: right.dispute }),
      wrong('no counterclaim field', 'missing and null are one, and the id differs', { counterclaim: undefined }),
      wrong('a counterclaim as a whole claim', 'records travel inside records', { counterclaim: await claimBy(bert) }),
      wrong('an empty counterclaim', 'an empty text is null', { counterclaim: '' }),
      wrong('an empty rationale', 'no lower limit', { rationale: '' }),
      wrong('a rationale of 1,001 characters', 'no upper limit', { rationale: 'x'.repeat(1001) }),
      wrong('a disputer who is no id', 'any text is an id', { disputer: 'bert' }),
      wrong('a time in another zone', 'times are compared as texts', { disputed_at: '2026-05-26T10:00:00+02:00' }),
      wrong('a field nobody knows', 'what is not in the contract is let in', { weight: 2 }),
    ]),
  }
}

async function retracted({ anna, bert }: People): Promise<VectorSource> {
  const { yes, no } = eventsIn(anna.nodeId, 'evidence.dispute.retracted', bert)
  const { claim_id } = withId(await claimBy(anna))
  const { dispute_id } = withDisputeId(await disputeBy(bert, claim_id))
  const words = { predicate: 'retracted', object: dispute_id, derived_from: [claim_id], sources: [], confidence: 1 }
  const by = async (change: Parameters<typeof claimBy>[1] = {}, signer = bert) =>
    withId(await claimBy(signer, { ...words, ...change }))
  const right = await by()
  return {
    name: 'retraction',
    operation: 'event.accept',
    rule: 'EVI-2.1',
    about: 'A dispute taken back, inside its event.',
    vectors: await Promise.all([
      yes('a retraction', 'Object is the dispute, its one parent the disputed claim', right),
      yes('another subject', 'The subject is for people', await by({ subject: 'x' })),
      no('of somebody else', 'whoever passes it on is taken for the author', 'claim_signature_invalid', right, anna),
      no('another predicate', 'any claim takes a dispute back', 'bad_request', await by({ predicate: 'ist' })),
      no(
        'a predicate in capitals',
        'predicates are compared without case',
        'bad_request',
        await by({ predicate: 'Retracted' }),
      ),
      no('an object that is no id', 'any text is an id', 'bad_request', await by({ object: 'Sammelpunkt' })),
      no('no parent', 'the disputed claim is looked for elsewhere', 'bad_request', await by({ derived_from: [] })),
      no(
        'two parents',
        'one retraction takes back two disputes',
        'bad_request',
        await by({ derived_from: [claim_id, claimIdOf(await claimBy(bert))] }),
      ),
      no('the id of another claim', 'the ClaimID is taken at its word', 'bad_request', { ...right, claim_id }),
      no(
        'changed after signing',
        'the event’s signature is enough',
        'claim_signature_invalid',
        withId({ ...right.claim, object: 'A'.repeat(52) as typeof claim_id }),
      ),
      no('the claim alone', 'a missing id is made', 'schema_mismatch', { claim: right.claim }),
      no('admitted for a hub', 'what is not in the contract is let in', 'schema_mismatch', {
        ...right,
        admitted: { hub: anna.nodeId },
      }),
      no('signed as another record', 'the signature of a dispute is taken for that of a claim', 'claim_signature_invalid', {
        ...right,
        claim: { ...right.claim, signature: (await signRecord(bert, { dispute_id })).signature },
      }),
    ]),
  }
}

export const records = async (all: People): Promise<readonly VectorSource[]> =>
  Promise.all([asserted(all), attested(all), disputed(all), retracted(all)])
