import { A, B, GET, level, needs, put, QUERY, record, refused } from '../../../client/claim-cases.ts'
import { attestationOf, claimOf, disputeOf, disputeRetractionOf, source } from '../../../client/claims.ts'
import { claimId, wireTime } from '../../../client/encoding.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'

export const cases: readonly Case[] = [
  {
    id: 'EVI-1.claim-id',
    title: 'A claim is found under the id that the page computes',
    capability: GET,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const claim = claimOf(author, { sources: [B, A], confidence: 0.123456789 })
      await put(author, claim)
      same(member(await record(author, claim.id), 'claim_id'), claim.id, 'claim_id')
    },
  },
  {
    id: 'EVI-1.order-of-sources',
    title: 'The order of sources changes nothing about the id',
    capability: GET,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const asserted_at = wireTime(Date.now())
      const [one, two] = [
        [A, B],
        [B, A],
      ].map((sources) => claimOf(author, { sources, asserted_at }))
      if (!one || !two) throw new TypeError('two orders make two claims')
      same(one.id, two.id, 'the ids')
      await put(author, two)
      ensure(outcomeOf(await author.ask(GET, { claim_id: one.id })) === 'ok', 'found', 'not found')
    },
  },
  {
    id: 'EVI-1.two-authors',
    title: 'Two people who assert the same make two claims',
    capability: QUERY,
    needs,
    async run({ lent }) {
      const [one, two] = [await lent('member', 'author'), await lent('member', 'witness')]
      const statement = { subject: 'EVI-1.two-authors', asserted_at: wireTime(Date.now()) }
      await put(one, claimOf(one, statement))
      await put(two, claimOf(two, statement))
      same(member(await one.ask(QUERY, { subject: statement.subject, limit: 10 }), 'output', 'total'), 2, 'claims')
    },
  },
  refused(
    'EVI-1.wrong-id',
    'A claim under another id than its own is refused',
    (peer) => claimOf(peer, {}, { id: 'A'.repeat(52) }).event,
  ),
  refused(
    'EVI-1.changed-object',
    'A claim that was changed after it was signed is refused',
    (peer) => claimOf(peer, {}, { claim: { object: 'geschlossen' } }).event,
  ),
  refused(
    'EVI-1.changed-excerpt',
    'The signature also covers what the id leaves out',
    (peer) => claimOf(peer, {}, { claim: { ttl_days: 9 } }).event,
  ),
  refused(
    'EVI-2.for-another',
    'A claim in the name of somebody else is refused',
    (peer) => claimOf(peer, { asserted_by: peer.target.nodeId }).event,
  ),
  refused(
    'EVI-2.not-canonical',
    'A term with space around it is refused',
    (peer) => claimOf(peer, { subject: ' Turnhalle' }).event,
  ),
  refused('EVI-2.not-nfc', 'A term that is not in NFC is refused', (peer) => claimOf(peer, { subject: 'Tu\u0308rkei' }).event),
  refused(
    'EVI-2.control-character',
    'A term with a control character is refused',
    (peer) => claimOf(peer, { predicate: 'ist\u0007' }).event,
  ),
  refused('EVI-2.empty-subject', 'A claim about nothing is refused', (peer) => claimOf(peer, { subject: '' }).event),
  refused('EVI-2.confidence-above-1', 'A confidence above 1 is refused', (peer) => claimOf(peer, { confidence: 1.01 }).event),
  refused('EVI-2.confidence-negative', 'A negative confidence is refused', (peer) => claimOf(peer, { confidence: -0.1 }).event),
  refused(
    'EVI-2.source-form',
    'A source of no known kind is refused',
    (peer) => claimOf(peer, { sources: [source('https://a.example')] }).event,
  ),
  refused(
    'EVI-2.excerpt-281',
    'An excerpt of 281 characters is refused',
    (peer) => claimOf(peer, { sources: [{ ...(A as object), excerpt: 'x'.repeat(281) }] as never }).event,
  ),
  refused(
    'EVI-2.sources-33',
    'More than 32 sources are refused',
    (peer) => claimOf(peer, { sources: Array.from({ length: 33 }, (_, at) => source(`doc:${at}`)) }).event,
  ),
  refused(
    'EVI-2.parent-form',
    'A parent that is no ClaimID is refused',
    (peer) => claimOf(peer, { derived_from: ['mine'] }).event,
  ),
  refused('EVI-2.attestation-for-another', 'An attestation in the name of somebody else is refused', (peer) =>
    attestationOf(peer, 'A'.repeat(52), { attester: peer.target.nodeId }),
  ),
  refused('EVI-2.attestation-role', 'An attestation in a role nobody defined is refused', (peer) =>
    attestationOf(peer, 'A'.repeat(52), { role: 'neighbour' }),
  ),
  refused('EVI-2.attestation-without-reason', 'An attestation without a reason is refused', (peer) =>
    attestationOf(peer, 'A'.repeat(52), { rationale: '' }),
  ),
  refused(
    'EVI-2.dispute-for-another',
    'A dispute in the name of somebody else is refused',
    (peer) => disputeOf(peer, 'A'.repeat(52), { disputer: peer.target.nodeId }).event,
  ),
  refused(
    'EVI-2.own-counterclaim',
    'A claim is not its own counterclaim',
    (peer) => disputeOf(peer, 'A'.repeat(52), { counterclaim: 'A'.repeat(52) }).event,
  ),
  level('EVI-3.unverified', 'A claim without a source is unverified', 'unverified', {}),
  level('EVI-3.cited', 'One source makes it cited', 'cited', { sources: [A] }),
  level('EVI-3.same-source-twice', 'One source read twice is one source', 'cited', {
    sources: [A, { ...(A as object), accessed_at: '2026-05-27T08:00:00Z' }] as never,
  }),
  level('EVI-3.cross-referenced', 'Two sources make it cross_referenced', 'cross_referenced', { sources: [A, B] }),
  level('EVI-3.attested', 'A first-hand witness makes it attested', 'attested', {}, (claim, _, other) => [
    attestationOf(other, claim.id),
  ]),
  level('EVI-3.record-holder', 'An official record holder makes it attested', 'attested', {}, (claim, _, other) => [
    attestationOf(other, claim.id, { role: 'official record holder' }),
  ]),
  level('EVI-3.expert', 'An expert’s word alone does not make it attested', 'unverified', {}, (claim, _, other) => [
    attestationOf(other, claim.id, { role: 'expert' }),
  ]),
  level(
    'EVI-3.disputed',
    'A dispute makes it disputed, whatever else is said',
    'disputed',
    { sources: [A, B] },
    (claim, _, other) => [attestationOf(other, claim.id), disputeOf(other, claim.id).event],
  ),
  level(
    'EVI-3.dispute-first',
    'A dispute that arrives before an attestation weighs the same',
    'disputed',
    {},
    (claim, _, other) => [disputeOf(other, claim.id).event, attestationOf(other, claim.id)],
  ),
  level(
    'EVI-2.dispute-retracted',
    'A dispute that was taken back no longer counts',
    'cited',
    { sources: [A] },
    (claim, _, other) => {
      const dispute = disputeOf(other, claim.id)
      return [dispute.event, disputeRetractionOf(other, claim.id, dispute.id)]
    },
  ),
  level(
    'EVI-2.retraction-by-another',
    'Nobody takes back the dispute of somebody else',
    'disputed',
    {},
    (claim, author, other) => {
      const dispute = disputeOf(other, claim.id)
      return [dispute.event, disputeRetractionOf(author, claim.id, dispute.id)]
    },
  ),
  {
    id: 'EVI-3.arrival',
    title: 'What is said about a claim counts also when it arrives before the claim',
    capability: GET,
    needs,
    async run({ lent }) {
      const [author, other] = [await lent('member', 'author'), await lent('member', 'witness')]
      const claim = claimOf(author, { subject: 'EVI-3.arrival' })
      await other.hand([attestationOf(other, claim.id)])
      await put(author, claim)
      same(member(await record(author, claim.id), 'level'), 'attested', 'level')
    },
  },
  {
    id: 'EVI-4.trust-is-shown',
    title: 'Whose claim it is comes with a trust score between 0 and 1',
    capability: GET,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const claim = claimOf(author, { subject: 'EVI-4' })
      await put(author, claim)
      const trust = Number(member(await record(author, claim.id), 'author', 'trust'))
      ensure(trust >= 0 && trust <= 1, 'a score in [0,1]', trust)
    },
  },
  ...(
    [
      ['fresh', 'A claim of today is not stale', 0, undefined, false],
      ['after-a-year', 'After 365 days a claim is stale', 366, undefined, true],
      ['own-life', 'A claim that gives itself two days is stale after three', 3, 2, true],
      ['longer-life', 'A claim that gives itself two years is not stale after one', 366, 730, false],
    ] as const
  ).map(
    ([what, title, age, ttl_days, expected]): Case => ({
      id: `EVI-8.${what}`,
      title,
      capability: GET,
      needs,
      async run({ lent }) {
        const author = await lent('member', 'author')
        const asserted_at = wireTime(Date.now() - age * 86_400_000)
        const claim = claimOf(author, {
          subject: `EVI-8.${what}`,
          asserted_at,
          ...(ttl_days === undefined ? {} : { ttl_days }),
        })
        await put(author, claim)
        same(member(await record(author, claim.id), 'stale'), expected, 'stale')
      },
    }),
  ),
  {
    id: 'EVI-2.retracted',
    title: 'A claim that its author took back counts as disputed and is never deleted',
    capability: GET,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const claim = claimOf(author, { subject: 'EVI-2.retracted' })
      await put(
        author,
        claim,
        claimOf(author, { subject: claim.id, predicate: 'retracted', object: claim.id, derived_from: [claim.id] }),
      )
      const found = await record(author, claim.id)
      same([member(found, 'level'), member(found, 'retracted')], ['disputed', true], 'level and retracted')
    },
  },
  {
    id: 'EVI-2.unknown-claim',
    title: 'A claim that nobody made is claim_not_found',
    capability: GET,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask(GET, { claim_id: 'C'.repeat(52) })
      ensure(outcomeOf(answer) === 'claim_not_found', 'claim_not_found', answer)
    },
  },
  {
    id: 'EVI-2.person-asserts',
    title: 'What the person asserts is an event with a claim whose id and signature are right',
    capability: GET,
    needs: [...needs, 'person'],
    async run({ peer: somebody, does, target }) {
      const peer = await somebody('member')
      const made = await does('experimental.evidence.claim.assert', {
        subject: 'EVI-2 person',
        predicate: 'ist',
        object: 'da',
        sources: [A],
        confidence: 0.5,
        derived_from: [],
      })
      const [event] = await peer.fetch([String(member(made, 'content_id'))])
      const claim = member(event, 'data', 'claim')
      ensure(isObject(claim) && claim.asserted_by === target.nodeId, 'a claim of the person', event)
      same(claimId(claim as never), member(made, 'claim_id'), 'claim_id')
    },
  },
  {
    id: 'EVI-9.drafts',
    title: 'A draft is no claim until the person signs it',
    capability: GET,
    needs: ['person'],
    async run({ does }) {
      const subject = 'EVI-9 draft'
      const before = member(await does(QUERY, { subject, limit: 5 }), 'total')
      same(before, 0, 'claims before')
      const drafts = await does('experimental.evidence.draft.list', {})
      ensure(!JSON.stringify(await does(QUERY, { limit: 200 })).includes('"draft_id"'), 'no draft among the claims', drafts)
    },
  },
  {
    id: 'BUS-2.switched-off-and-on',
    title: 'A module that the person switches off is experimental_disabled at once, and served again when it is on',
    capability: QUERY,
    needs: ['call', 'person'],
    queue: 'alone',
    async run({ peer, does, eventually }) {
      const caller = await peer('member')
      await does('config.set', { evidence: { enabled: false } })
      const off = await caller.ask(QUERY, { limit: 1 })
      await does('config.set', { evidence: { enabled: true } })
      ensure(outcomeOf(off) === 'experimental_disabled', 'experimental_disabled', off)
      ensure(
        await eventually(async () => outcomeOf(await caller.ask(QUERY, { limit: 1 })) === 'ok'),
        'served again',
        'not served',
      )
    },
  },
]
