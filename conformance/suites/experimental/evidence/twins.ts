import { attestationOf, claimOf } from '../../../client/claims.ts'
import { contentId } from '../../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'

const GET = 'experimental.evidence.claim.get'

/** An author who wrote two things under one name, as a module's view shows it. */
export const cases: readonly Case[] = [
  {
    id: 'EVT-1.twins-in-a-view',
    title: 'Of two attestations under one event_id a view counts the one with the smaller content id, whichever came first',
    capability: GET,
    needs: ['wire', 'sync'],
    async run({ fresh, lent }) {
      const [author, witness] = [await lent('member', 'author'), await fresh('member')]
      for (const smallerFirst of [true, false]) {
        const claim = claimOf(author, { subject: `EVT-1.twins ${smallerFirst}` })
        ensure(await author.gives(claim.event), 'a claim that is taken', 'refused')
        author.follow(claim.event)
        const event_id = witness.ulid()
        const pair = ['expert', 'first-hand witness'].map((role) =>
          witness.event('evidence.claim.attested', attestationOf(witness, claim.id, { role }).data ?? null, { event_id }),
        )
        const [smaller, larger] = pair.sort((a, b) => (contentId(a) < contentId(b) ? -1 : 1))
        if (!smaller || !larger) throw new TypeError('two roles make two attestations')
        for (const event of smallerFirst ? [smaller, larger] : [larger, smaller]) await witness.hand([event])
        const answer = await author.ask(GET, { claim_id: claim.id })
        ensure(outcomeOf(answer) === 'ok', 'the claim', answer)
        const attested = member(answer, 'output', 'attested_by')
        const roles = Array.isArray(attested) ? attested.map((one) => member(one, 'attestation', 'role') ?? null) : attested
        same(roles, [member(smaller, 'data', 'attestation', 'role') ?? null], 'roles of those who vouch')
      }
    },
  },
]
