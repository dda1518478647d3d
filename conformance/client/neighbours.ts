import { type Case, ensure, member, outcomeOf } from '../harness/case.ts'
import type { Context } from '../harness/context.ts'
import type { Feature } from '../harness/target.ts'
import { identityFrom, type Json, wireTime } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import {
  answerTo,
  countersign,
  type Foreign,
  type Grant,
  offerOf,
  type Paper,
  readPaper,
  type Side,
  sideOf,
  writePaper,
} from './federation.ts'
import type { Peer } from './peer.ts'
import { nowSeconds, signedToken } from './token.ts'

export const ECHO = 'node.echo'
export const SAID = { payload: 'across' }
/** What every node serves its members, and strangers never. */
export const ECHO_GRANT: Grant = { capability: ECHO, calls_per_minute: 600 }

/** The other community with its anchor, who has a connection to the node under test and is a stranger to it. */
export interface Neighbour extends Foreign {
  readonly peer: Peer
}

let named = 0

/** @param listens whether its anchor is heard or found by others afterwards, so that nobody can have it again */
export async function neighbour({ fresh, lent, random }: Context, listens = false): Promise<Neighbour> {
  const peer = listens ? await fresh('stranger') : await lent('stranger', 'anchor')
  const root = identityFrom(random.bytes(32))
  return { peer, anchor: peer.identity, community: root.nodeId, name: `Neighbours ${++named}` }
}

/** The node under test offers, the other community answers, and both have it. */
export async function agreed(
  context: Context,
  foreign: Neighbour,
  grants: readonly Grant[] = [ECHO_GRANT],
  back: readonly Grant[] = [],
): Promise<Paper> {
  const offer = await context.does('community.federation.propose', { grants: plain(grants), valid_seconds: 3600 })
  const answer = answerTo(readPaper(member(offer, 'text')), foreign, sideOf(foreign, back))
  const whole = await context.does('community.federation.complete', { text: writePaper(answer) })
  return readPaper(member(whole, 'text'))
}

/** The other community offers with what the case changes, and the node under test answers and keeps it. */
export async function answered(
  context: Context,
  foreign: Neighbour,
  change: Partial<Paper> = {},
  side: Partial<Side> = {},
): Promise<Paper> {
  const offer = offerOf(foreign, foreign.peer.ulid(), [], { sides: [sideOf(foreign, [], side)], ...change })
  const answer = await context.does('community.federation.accept', { text: writePaper(offer), grants: plain([ECHO_GRANT]) })
  const whole = countersign(readPaper(member(answer, 'text')), foreign)
  await context.does('community.federation.complete', { text: writePaper(whole) })
  return whole
}

export const ended = (context: Context, { manifest_id }: Paper): Promise<Json> =>
  context.does('community.federation.end', { manifest_id })

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value))

/** A signed call in the name of a community (FDR-4). */
export const crossing = (foreign: Foreign, from: Peer, change: Draft = {}): Json => {
  const request = from.request(ECHO, SAID, { community: foreign.community, ...change })
  return plain(from.identity.sign(request))
}

/** A pass by the other community's anchor for one of its members (FDR-4). */
export function passFor(issuer: Peer, holder: string, community: string, change: Draft = {}): string {
  const now = nowSeconds()
  const payload = {
    iss: issuer.nodeId,
    sub: holder,
    aud: community,
    iat: now,
    nbf: now - 5,
    exp: now + 600,
    jti: issuer.ulid(),
    scope: { capabilities: [ECHO] },
    issued_via: 'federation',
    ...change,
  }
  return signedToken(issuer, { alg: 'EdDSA', typ: 'hntoken', v: 1 }, plain(payload))
}

/** A case with another community; what it agreed on is ended after it. */
export const withNeighbour = (
  id: string,
  title: string,
  run: (foreign: Neighbour, context: Context, keep: (paper: Paper) => Paper) => Promise<void>,
  needs: readonly Feature[] = [],
): Case => ({
  id,
  title,
  capability: 'community.federation.propose',
  needs: ['wire', 'person', ...needs],
  async run(context) {
    const kept: Paper[] = []
    const keep = (paper: Paper): Paper => {
      kept.push(paper)
      return paper
    }
    try {
      await run(await neighbour(context, needs.includes('gossip') || needs.includes('box')), context, keep)
    } finally {
      // what a case ended itself is unknown by now
      for (const { manifest_id } of kept) await context.seat.ask('community.federation.end', { manifest_id })
    }
  },
})

/** A case whose one call, in the name of a community that echo was granted, comes out like this. */
export const calls = (
  id: string,
  title: string,
  expected: string,
  make: (foreign: Neighbour, context: Context) => Promise<readonly [Peer, Json]> | readonly [Peer, Json],
  grants: readonly Grant[] = [ECHO_GRANT],
): Case =>
  withNeighbour(id, title, async (foreign, context, keep) => {
    keep(await agreed(context, foreign, grants))
    const [by, request] = await make(foreign, context)
    const answer = await by.deliver(request)
    ensure(outcomeOf(answer) === expected, expected, answer)
  })

export const longAgo = (): string => wireTime(Date.now() - 600_000)
