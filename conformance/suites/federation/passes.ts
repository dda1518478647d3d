import { fromBase64Url, text } from '../../client/encoding.ts'
import type { Draft } from '../../client/envelopes.ts'
import {
  agreed,
  calls,
  crossing,
  ECHO,
  ECHO_GRANT,
  type Neighbour,
  neighbour,
  passFor,
  withNeighbour,
} from '../../client/neighbours.ts'
import type { Peer } from '../../client/peer.ts'
import { nowSeconds } from '../../client/token.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../harness/case.ts'

/** A device of the other community that is not its anchor calls with a pass. */
const passed = (
  id: string,
  title: string,
  expected: string,
  change: (holder: Peer, foreign: Neighbour) => Draft = () => ({}),
): Case =>
  calls(id, title, expected, async (foreign, { lent }) => {
    const holder = await lent('stranger', 'holder')
    const token = passFor(foreign.peer, holder.nodeId, foreign.peer.community, change(holder, foreign))
    return [holder, crossing(foreign, holder, { token })]
  })

const PASS = 'community.federation.pass'

export const cases: readonly Case[] = [
  passed('FDR-4.pass', 'A device with a pass of its anchor makes the call that was granted', 'ok'),
  calls(
    'FDR-4.no-pass',
    'A device of the other community that shows nothing is a stranger',
    'unauthorized',
    async (foreign, { lent }) => {
      const holder = await lent('stranger', 'holder')
      return [holder, crossing(foreign, holder)]
    },
  ),
  passed('FDR-4.pass-of-another', 'A pass is for the one it names', 'unauthorized', (_, foreign) => ({
    sub: foreign.peer.nodeId,
  })),
  passed('FDR-4.pass-for-elsewhere', 'A pass for another community opens nothing here', 'unauthorized', (_, foreign) => ({
    aud: foreign.community,
  })),
  passed('FDR-4.pass-over', 'A pass that is over is expired', 'expired', () => ({ exp: nowSeconds() - 1 })),
  passed('FDR-4.pass-for-another-call', 'A pass covers the call that it names', 'unauthorized', () => ({
    scope: { capabilities: ['node.manifest.exchange'] },
  })),
  calls(
    'FDR-4.pass-of-a-plain-member',
    'Only the anchor of the agreement gives passes: one that somebody else wrote for themselves is refused',
    'revoked',
    async (foreign, { lent }) => {
      const holder = await lent('stranger', 'holder')
      return [holder, crossing(foreign, holder, { token: passFor(holder, holder.nodeId, holder.community) })]
    },
  ),
  calls(
    'FDR-4.pass-begets-nothing',
    'A pass for a call that was not granted grants nothing: the agreement bounds it',
    'unauthorized',
    async (foreign, { lent }) => {
      const holder = await lent('stranger', 'holder')
      const capability = 'node.manifest.exchange'
      const token = passFor(foreign.peer, holder.nodeId, holder.community, { scope: { capabilities: [capability] } })
      return [holder, crossing(foreign, holder, { capability, token, body: { params: {}, input: { manifest: {} } } })]
    },
  ),
  withNeighbour(
    'FDR-4.hands-out-passes',
    'A member is given a pass for itself, for that community and that call, and it ends with the agreement at the latest',
    async (foreign, context, keep) => {
      const { manifest_id, expires_at } = keep(await agreed(context, foreign, [], [ECHO_GRANT]))
      const asker = await context.peer('member')
      const answer = await asker.ask(PASS, { manifest_id, capability: ECHO })
      const pass = member(answer, 'output', 'pass')
      ensure(typeof pass === 'string', 'a pass', answer)
      const payload = JSON.parse(text(fromBase64Url(pass.split('.')[1] ?? '')))
      same(
        [payload.iss, payload.sub, payload.aud, payload.scope.capabilities],
        [context.target.nodeId, asker.nodeId, foreign.community, [ECHO]],
        'iss, sub, aud and scope',
      )
      ensure(payload.exp * 1000 <= Date.parse(expires_at), 'no longer than the agreement', payload.exp)
      const more = await asker.ask(PASS, { manifest_id, capability: 'node.manifest.exchange' })
      ensure(outcomeOf(more) === 'unauthorized', 'unauthorized for what was not granted', more)
      const other = await asker.ask(PASS, { manifest_id: asker.ulid(), capability: ECHO })
      ensure(outcomeOf(other) === 'not_found', 'not_found for another agreement', other)
    },
  ),
  withNeighbour(
    'FDR-4.no-passes-for-others',
    'Nobody but a member is given a pass: not the other community, and not with a token (TOK-6)',
    async (foreign, context, keep) => {
      const { manifest_id } = keep(await agreed(context, foreign, [{ capability: PASS, calls_per_minute: 10 }], [ECHO_GRANT]))
      const input = { manifest_id, capability: ECHO }
      const request = crossing(foreign, foreign.peer, { capability: PASS, body: { params: {}, input } })
      const theirs = await foreign.peer.deliver(request)
      ensure(outcomeOf(theirs) === 'unauthorized', 'unauthorized to the other community', theirs)
      const third = await neighbour(context)
      const issued = await context.does('auth.token.issue', {
        subject: third.peer.nodeId,
        scope: { capabilities: [PASS] },
        valid_seconds: 600,
      })
      const begged = await third.peer.ask(PASS, input, { token: member(issued, 'token') })
      ensure(outcomeOf(begged) === 'unauthorized', 'unauthorized with a token', begged)
    },
  ),
]
