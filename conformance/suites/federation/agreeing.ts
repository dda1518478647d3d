import { canonical, identityFrom, wireTime } from '../../client/encoding.ts'
import {
  answerTo,
  isSignedBy,
  manifestOf,
  offerOf,
  type Paper,
  readPaper,
  sideOf,
  writePaper,
} from '../../client/federation.ts'
import { agreed, crossing, ECHO_GRANT, ended, type Neighbour, withNeighbour } from '../../client/neighbours.ts'
import type { Peer } from '../../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../harness/case.ts'
import type { Context } from '../../harness/context.ts'

const DAY_MS = 86_400_000

const offered = async (context: Context, grants = [ECHO_GRANT]): Promise<Paper> =>
  readPaper(
    member(
      await context.does('community.federation.propose', {
        grants: JSON.parse(JSON.stringify(grants)),
        valid_seconds: 3600,
      }),
      'text',
    ),
  )

/** An answer to an offer of the node under test that it must not sign. */
const refusedAnswer = (
  id: string,
  title: string,
  expected: string,
  change: (answer: Paper, foreign: Neighbour, context: Context) => Paper,
): Case =>
  withNeighbour(id, title, async (foreign, context) => {
    const answer = answerTo(await offered(context), foreign, sideOf(foreign, []))
    const text = writePaper(change(answer, foreign, context))
    const said = await context.seat.ask('community.federation.complete', { text })
    ensure(outcomeOf(said) === expected, expected, said)
    const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(call) === 'unauthorized', 'no call lets in what was not agreed', call)
  })

/** An offer from elsewhere that the node under test must not answer. */
const refusedOffer = (id: string, title: string, expected: string, change: (foreign: Neighbour) => Partial<Paper>): Case =>
  withNeighbour(id, title, async (foreign, context) => {
    const text = writePaper(offerOf(foreign, foreign.peer.ulid(), [], change(foreign)))
    const said = await context.seat.ask('community.federation.accept', { text, grants: [] })
    ensure(outcomeOf(said) === expected, expected, said)
  })

/** A member writes an agreement into the log by itself. */
const written = (
  id: string,
  title: string,
  make: (
    foreign: Neighbour,
    context: Context,
  ) => Promise<{ readonly author: 'member' | 'trusted'; readonly paper: Paper; readonly taken: boolean }>,
): Case =>
  withNeighbour(
    id,
    title,
    async (foreign, context) => {
      const { paper, author, taken } = await make(foreign, context)
      const peer = await context.fresh(author)
      const manifest = manifestOf(paper.sides.length === 2 ? paper : bothSigned(paper, foreign, peer))
      const event = peer.event('community.federation.agreed', { manifest, relays: [] })
      const offers = await peer.gives(event)
      ensure(offers === taken, taken ? 'the event is kept' : 'the event is refused', offers)
      const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(call) === 'unauthorized', 'and it lets nothing in', call)
    },
    ['sync'],
  )

/** An offer, answered by somebody here in the name of the community, and signed by both. */
function bothSigned(offer: Paper, foreign: Neighbour, peer: Peer): Paper {
  const answer = answerTo(offer, foreign, ownSide(peer.nodeId, peer.community), peer.identity)
  const theirs = signed(foreign.anchor, answer)
  return { ...answer, signatures: answer.signatures.map((signature) => signature ?? theirs) }
}

const ownSide = (anchor: string, community: string) => ({
  community_id: community,
  name: 'Conformance',
  anchor,
  protocol_versions: ['3.0.0-experimental'],
  grants: [ECHO_GRANT],
})
const signed = (identity: Neighbour['anchor'], paper: Paper): string => {
  const { manifest_id, issued_at, expires_at, sides } = paper
  return identity.sign({ manifest_id, issued_at, expires_at, sides }).signature
}

export const cases: readonly Case[] = [
  withNeighbour(
    'FDR-1.offers-and-signs',
    'It offers its side, signs the answer to that, and keeps what both have signed',
    async (foreign, context, keep) => {
      const offer = await offered(context)
      const { target } = context
      same(
        offer.sides.map(({ community_id, anchor }) => [community_id, anchor]),
        [[target.community, target.nodeId]],
        'one side, its own',
      )
      same(canonical(offer.sides[0]?.grants), canonical([ECHO_GRANT]), 'what it grants')
      same(offer.signatures, [], 'nobody has signed yet')
      const answer = answerTo(offer, foreign, sideOf(foreign, []))
      const done = await context.does('community.federation.complete', { text: writePaper(answer) })
      const whole = keep(readPaper(member(done, 'text')))
      for (const [at, { anchor }] of whole.sides.entries()) {
        ensure(isSignedBy(anchor, whole, whole.signatures[at]), `the signature of side ${at}`, whole)
      }
      const listed = member(await context.does('community.federation.list', {}), 'partners')
      const found = Array.isArray(listed) ? listed.find((one) => member(one, 'manifest_id') === whole.manifest_id) : undefined
      ensure(isObject(found) && found.state === 'in_force', 'listed as in force', listed)
      same(member(found, 'other', 'community_id'), foreign.community, 'with the other community')
    },
  ),
  withNeighbour('FDR-1.answers', 'It answers an offer with its side and its signature', async (foreign, context) => {
    const offer = offerOf(foreign, foreign.peer.ulid(), [ECHO_GRANT])
    const read = await context.does('community.federation.inspect', { text: writePaper(offer) })
    same([member(read, 'stage'), member(read, 'we_grant')], ['offer', null], 'an offer that was not answered')
    const said = await context.does('community.federation.accept', { text: writePaper(offer), grants: [] })
    const answer = readPaper(member(said, 'text'))
    const at = answer.sides.findIndex(({ community_id }) => community_id === context.target.community)
    ensure(isSignedBy(context.target.nodeId, answer, answer.signatures[at]), 'its signature over the terms', answer)
    same(answer.signatures[1 - at], null, 'and none for the other side')
    ensure(String(answer.sides[0]?.community_id) < String(answer.sides[1]?.community_id), 'sides by community id', answer)
    same([answer.manifest_id, answer.expires_at], [offer.manifest_id, offer.expires_at], 'the terms of the offer')
  }),
  refusedAnswer(
    'FDR-1.not-by-their-anchor',
    'An answer that somebody else signed than the anchor it names is invalid_signature',
    'invalid_signature',
    (answer, foreign, { random }) => {
      const other = identityFrom(random.bytes(32))
      return {
        ...answer,
        signatures: answer.sides.map((side) => (side.anchor === foreign.anchor.nodeId ? signed(other, answer) : null)),
      }
    },
  ),
  refusedAnswer(
    'FDR-1.terms-changed-after-signing',
    'A signature over other terms is invalid_signature',
    'invalid_signature',
    (answer) => ({ ...answer, expires_at: wireTime(Date.parse(answer.expires_at) + 1000) }),
  ),
  refusedAnswer(
    'FDR-1.other-terms-than-offered',
    'An answer that changes what was offered is bad_request, however well it is signed',
    'bad_request',
    (answer, foreign) => {
      const sides = answer.sides.map((side) =>
        side.community_id === foreign.community ? side : { ...side, grants: [{ ...ECHO_GRANT, calls_per_minute: 6000 }] },
      )
      const changed = { ...answer, sides }
      const own = signed(foreign.anchor, changed)
      return { ...changed, signatures: sides.map((side) => (side.community_id === foreign.community ? own : null)) }
    },
  ),
  refusedAnswer(
    'FDR-1.never-offered',
    'An answer to an offer that was never made is bad_request',
    'bad_request',
    (answer, foreign) => {
      const changed = { ...answer, manifest_id: foreign.peer.ulid() }
      const own = signed(foreign.anchor, changed)
      return { ...changed, signatures: changed.sides.map((side) => (side.community_id === foreign.community ? own : null)) }
    },
  ),
  refusedAnswer(
    'FDR-1.sides-out-of-order',
    'Sides that do not stand by community id are bad_request',
    'bad_request',
    (answer, foreign) => {
      const changed = { ...answer, sides: [...answer.sides].reverse() }
      const own = signed(foreign.anchor, changed)
      return { ...changed, signatures: changed.sides.map((side) => (side.community_id === foreign.community ? own : null)) }
    },
  ),
  refusedOffer('FDR-1.too-long', 'An offer for more than 366 days is bad_request', 'bad_request', () => ({
    expires_at: wireTime(Date.now() + 367 * DAY_MS),
  })),
  refusedOffer('FDR-1.offer-over', 'An offer whose time is over is expired', 'expired', () => ({
    expires_at: wireTime(Date.now() - 1000),
  })),
  refusedOffer('FDR-1.not-begun', 'An offer whose time has not begun is expired', 'expired', () => ({
    issued_at: wireTime(Date.now() + DAY_MS / 2),
    expires_at: wireTime(Date.now() + DAY_MS),
  })),
  refusedOffer('FDR-1.with-itself', 'A community does not agree with itself', 'bad_request', (foreign) => ({
    sides: [sideOf(foreign, [], { community_id: foreign.peer.community })],
  })),
  withNeighbour('FDR-3.not-the-persons', 'What only the person at a device may do cannot be granted', async (_, context) => {
    const grants = [{ capability: 'node.erase', calls_per_minute: 1 }]
    const said = await context.seat.ask('community.federation.propose', { grants, valid_seconds: 3600 })
    ensure(outcomeOf(said) === 'bad_request', 'bad_request', said)
  }),
  withNeighbour('FDR-6.for-good', 'An agreement that was ended is not taken a second time', async (foreign, context) => {
    const paper = await agreed(context, foreign)
    await ended(context, paper)
    const again = await context.seat.ask('community.federation.complete', { text: writePaper(paper) })
    ensure(outcomeOf(again) === 'expired', 'expired', again)
    const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(call) === 'unauthorized', 'unauthorized', call)
  }),
  withNeighbour(
    'FDR-7.agreement-with-other-terms',
    'What comes back as agreed is kept with the terms it signed: it signs no others unasked',
    async (foreign, context) => {
      const offer = offerOf(foreign, foreign.peer.ulid(), [])
      const said = await context.does('community.federation.accept', { text: writePaper(offer), grants: [] })
      const answer = readPaper(member(said, 'text'))
      const sides = answer.sides.map((side) =>
        side.community_id === foreign.community ? side : { ...side, grants: [ECHO_GRANT] },
      )
      const raised = { ...answer, sides }
      const theirs = signed(foreign.anchor, raised)
      const signatures = answer.signatures.map((signature) => signature ?? theirs)
      const taken = await context.seat.ask('community.federation.complete', { text: writePaper({ ...raised, signatures }) })
      ensure(outcomeOf(taken) === 'invalid_signature', 'invalid_signature', taken)
      const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(call) === 'unauthorized', 'no call lets in what was not agreed', call)
    },
  ),
  written(
    'FDR-1.member-agrees',
    'An agreement that a plain member signed for the community counts for nothing',
    async (foreign) => ({ author: 'member', taken: true, paper: offerOf(foreign, foreign.peer.ulid(), []) }),
  ),
  written('FDR-1.trusted-agrees', 'Nor does one that a trusted member signed', async (foreign) => ({
    author: 'trusted',
    taken: true,
    paper: offerOf(foreign, foreign.peer.ulid(), []),
  })),
  written(
    'FDR-1.event-without-our-signature',
    'An agreement that names the anchor without its signature is refused by every node',
    async (foreign, { target }) => {
      const side = ownSide(target.nodeId, String(target.community))
      const paper = answerTo(offerOf(foreign, foreign.peer.ulid(), []), foreign, side)
      const own = signed(foreign.anchor, paper)
      return { author: 'member', taken: false, paper: { ...paper, signatures: [own, own] } }
    },
  ),
  written(
    'FDR-1.event-by-another',
    'A true agreement is refused from anyone but the anchor who signed it',
    async (foreign, context) => {
      const paper = await agreed(context, foreign)
      await ended(context, paper)
      return { author: 'trusted', taken: false, paper }
    },
  ),
  withNeighbour(
    'FDR-1.member-replaces-nothing',
    'What a plain member signed takes nothing away from an agreement of the anchor with the same community',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign))
      const peer = await context.fresh('member')
      const later = offerOf(foreign, peer.ulid(), [], { issued_at: wireTime(Date.now()) })
      await peer.write('community.federation.agreed', { manifest: manifestOf(bothSigned(later, foreign, peer)), relays: [] })
      const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(call) === 'ok', 'the call is served as before', call)
    },
    ['sync'],
  ),
  withNeighbour(
    'FDR-1.anchor-gone',
    'An agreement holds while the one who signed it for this community is its anchor',
    async (foreign, context) => {
      const peer = await context.fresh('trusted')
      await context.does('community.promote', { subject: peer.nodeId, level: 'anchor' })
      // after the promotion in replay order, whatever else was written meanwhile
      peer.seen(peer.lamport + 1000)
      const paper = bothSigned(offerOf(foreign, peer.ulid(), []), foreign, peer)
      await peer.write('community.federation.agreed', { manifest: manifestOf(paper), relays: [] })
      const before = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(before) === 'ok', 'ok while it is one', before)
      await peer.hand([peer.event('community.member.left', {})])
      const after = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(after) === 'unauthorized', 'unauthorized once it has left', after)
    },
    ['sync'],
  ),
  withNeighbour(
    'FDR-6.ended-by-a-member',
    'A plain member ends no agreement',
    async (foreign, context, keep) => {
      const { manifest_id } = keep(await agreed(context, foreign))
      const peer = await context.fresh('member')
      await peer.write('community.federation.ended', { manifest_id })
      const call = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(call) === 'ok', 'the call is served as before', call)
    },
    ['sync'],
  ),
]
