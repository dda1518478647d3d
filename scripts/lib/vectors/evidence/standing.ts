import type { Signer } from '#protocol/core/signing.ts'
import { good } from '../cases.ts'
import { createLog } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { attestationBy, claimBy, disputeBy, SOURCE_A, withDisputeId, withId } from './make.ts'

interface Expected {
  readonly ground: string
  readonly retracted: boolean
  readonly disputes: number
}

const plain: Expected = { ground: 'unverified', retracted: false, disputes: 0 }

/** EVI-2 and EVI-3 over events: what a claim stands on, who took what back, what still objects. */
export async function standing({ anna, bert, carla }: People): Promise<VectorSource> {
  const claim = withId(await claimBy(anna, { sources: [] }))
  const dispute = withDisputeId(await disputeBy(bert, claim.claim_id))
  const words = { predicate: 'retracted', sources: [], confidence: 1 }
  const back = async (by: Signer, object: string, derived_from: readonly string[]) =>
    withId(await claimBy(by, { ...words, object, derived_from }))

  type Said = readonly [by: Signer, type: string, data: object]
  const asserted: Said = [anna, 'evidence.claim.asserted', claim]
  const opened: Said = [bert, 'evidence.dispute.opened', dispute]
  const attested = async (by: Signer, role: string): Promise<Said> => [
    by,
    'evidence.claim.attested',
    { attestation: await attestationBy(by, claim.claim_id, { role }) },
  ]
  const ended = async (by: Signer): Promise<Said> => [
    by,
    'evidence.dispute.retracted',
    await back(by, dispute.dispute_id, [claim.claim_id]),
  ]
  const takenBack = async (by: Signer): Promise<Said> => [by, 'evidence.claim.asserted', await back(by, claim.claim_id, [])]

  const of = async (name: string, comment: string, said: readonly Said[], expected: Partial<Expected>): Promise<Vector> => {
    const log = createLog(anna.nodeId)
    for (const [by, type, data] of said) await log.add(by, type, data)
    const input = { community_id: anna.nodeId, claim_id: claim.claim_id, events: log.events }
    return good(name, comment, input, { ...plain, ...expected })
  }
  const twice = withId(await claimBy(anna, { sources: [SOURCE_A, { ...SOURCE_A, accessed_at: '2026-05-27T08:00:00Z' }] }))
  const vectors = [
    await of('a claim', 'Without sources', [asserted], {}),
    await of('a witness', 'Attested', [asserted, await attested(bert, 'first-hand witness')], { ground: 'attested' }),
    await of(
      'a witness before the claim',
      'What is said of a claim waits for it',
      [await attested(bert, 'first-hand witness'), asserted],
      { ground: 'attested' },
    ),
    await of('an expert', 'Lifts nothing', [asserted, await attested(bert, 'expert')], {}),
    await of('the asserter as witness', 'Lifts nothing', [asserted, await attested(anna, 'first-hand witness')], {}),
    await of('a dispute', 'It stands beside the claim', [asserted, opened], { disputes: 1 }),
    await of('a dispute ended', 'By who opened it', [asserted, opened, await ended(bert)], {}),
    await of('a dispute ended by another', 'It stands', [asserted, opened, await ended(anna)], { disputes: 1 }),
    await of('taken back', 'By the asserter: it counts as a dispute of theirs', [asserted, await takenBack(anna)], {
      retracted: true,
      disputes: 1,
    }),
    await of('taken back by another', 'It counts as a dispute and no more', [asserted, await takenBack(carla)], {
      disputes: 1,
    }),
  ]
  const log = createLog(anna.nodeId)
  await log.add(anna, 'evidence.claim.asserted', twice)
  const input = { community_id: anna.nodeId, claim_id: twice.claim_id, events: log.events }
  return {
    name: 'standing',
    operation: 'claim.fold',
    rule: 'EVI-3',
    about: 'Events about one claim, and what they make of it. Whose dispute weighs enough takes the members, too.',
    vectors: [...vectors, good('one source on two days', 'One id is one source', input, { ...plain, ground: 'cited' })],
  }
}
