import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { attestationBy, claimBy, disputeBy, SOURCE_A, SOURCE_B, WHEN, withDisputeId, withId } from './make.ts'

/** What a claim stands on (EVI-3), from the records of one file; a dispute's weight takes the community's log. */
export async function levels(all: People): Promise<readonly VectorSource[]> {
  const { anna, bert, carla, dora } = all
  const proof = { format: 'hearthnet-evidence-proof', version: 1, made_at: WHEN, community_id: anna.nodeId, names: {} }
  const about = async (change: Parameters<typeof claimBy>[1] = {}) => withId(await claimBy(anna, change))
  const plain = await about({ sources: [] })
  const of = (name: string, comment: string, claim: typeof plain, more: object, expected: object): Vector =>
    good(
      name,
      comment,
      { proof: { ...proof, about: { claim_id: claim.claim_id }, claims: [claim], attestations: [], disputes: [], ...more } },
      { sound: true, ...expected },
    )
  const stands = async (name: string, comment: string, sources: readonly object[], ground: string): Promise<Vector> =>
    of(name, comment, await about({ sources }), {}, { ground, disputes: 0, retracted: false })
  const vouched = async (name: string, comment: string, role: string, by: typeof anna, ground: string): Promise<Vector> =>
    of(
      name,
      comment,
      plain,
      { attestations: [await attestationBy(by, plain.claim_id, { role })] },
      { ground, disputes: 0, retracted: false },
    )
  const own = { ...SOURCE_A, source_id: `node:${anna.nodeId}` }
  const dispute = withDisputeId(await disputeBy(bert, plain.claim_id))
  const takenBack = withId(
    await claimBy(bert, { predicate: 'retracted', object: dispute.dispute_id, derived_from: [plain.claim_id], sources: [] }),
  )
  const byAnother = withId(
    await claimBy(dora, { predicate: 'retracted', object: dispute.dispute_id, derived_from: [plain.claim_id], sources: [] }),
  )
  const retraction = await about({ predicate: 'retracted', object: plain.claim_id, sources: [] })
  const unowned = withId(await claimBy(carla, { predicate: 'retracted', object: plain.claim_id, sources: [] }))
  const no = (name: string, catches: string, value: unknown): Vector => bad(name, catches, { proof: value }, 'bad_request')
  const whole = { ...proof, about: { claim_id: plain.claim_id }, claims: [plain], attestations: [], disputes: [] }
  return [
    {
      name: 'ground',
      operation: 'evidence.prove',
      rule: 'EVI-3',
      about: 'A proof file: whether all of it holds, and what the claim it is about stands on.',
      vectors: [
        await stands('no source', 'Somebody says so', [], 'unverified'),
        await stands('one source', 'Somebody says so and names where from', [SOURCE_A], 'cited'),
        await stands('two sources', 'Of different ids, one at least from elsewhere', [SOURCE_A, SOURCE_B], 'cross_referenced'),
        await stands(
          'one source on two days',
          'One id is one source',
          [SOURCE_A, { ...SOURCE_A, accessed_at: '2026-05-27T08:00:00Z' }],
          'cited',
        ),
        await stands('the asserter alone as source', 'Cited, from nowhere else', [own], 'cited'),
        await stands('the asserter and another source', 'One at least is from elsewhere', [own, SOURCE_A], 'cross_referenced'),
        await stands(
          'somebody else as source',
          'One id is one source',
          [{ ...SOURCE_A, source_id: `node:${bert.nodeId}` }],
          'cited',
        ),
        await vouched('a witness', 'Attested', 'first-hand witness', bert, 'attested'),
        await vouched('a record holder', 'Attested', 'official record holder', bert, 'attested'),
        await vouched('an expert', 'An opinion lifts nothing', 'expert', bert, 'unverified'),
        await vouched('the asserter as witness', 'Nobody lifts a claim of their own', 'first-hand witness', anna, 'unverified'),
        of(
          'a dispute',
          'It stands beside, the ground is as before',
          plain,
          { disputes: [dispute] },
          { ground: 'unverified', disputes: 1, retracted: false },
        ),
        of(
          'a dispute taken back',
          'By who opened it',
          plain,
          { disputes: [dispute], claims: [plain, takenBack] },
          { ground: 'unverified', disputes: 0, retracted: false },
        ),
        of(
          'a dispute taken back by another',
          'It stands',
          plain,
          { disputes: [dispute], claims: [plain, byAnother] },
          { ground: 'unverified', disputes: 1, retracted: false },
        ),
        of(
          'taken back',
          'By who asserted it',
          plain,
          { claims: [plain, retraction] },
          { ground: 'unverified', disputes: 0, retracted: true },
        ),
        of(
          'taken back by another',
          'It stands',
          plain,
          { claims: [plain, unowned] },
          { ground: 'unverified', disputes: 0, retracted: false },
        ),
        no('another format', 'the format is not looked at', { ...whole, format: 'proof' }),
        no('another version', 'the version is not looked at', { ...whole, version: 2 }),
        no('about nothing', 'a missing field is anything', { ...whole, about: undefined }),
        no('a field nobody knows', 'what is not in the contract is let in', { ...whole, verdict: 'true' }),
      ],
    },
  ]
}
