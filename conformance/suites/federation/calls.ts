import { wireTime } from '../../client/encoding.ts'
import {
  agreed,
  answered,
  calls,
  crossing,
  ECHO,
  ECHO_GRANT,
  ended,
  longAgo,
  neighbour,
  passFor,
  SAID,
  withNeighbour,
} from '../../client/neighbours.ts'
import { type Case, ensure, member, outcomeOf } from '../../harness/case.ts'

/** How long the shortest agreement of these cases lasts. */
const SHORT_MS = 1500

export const cases: readonly Case[] = [
  calls('FDR-3.granted', 'The anchor of the other community makes the call that was granted', 'ok', (foreign) => [
    foreign.peer,
    crossing(foreign, foreign.peer),
  ]),
  calls('FDR-3.other-name', 'What was not granted is refused, also where members may call it', 'unauthorized', (foreign) => [
    foreign.peer,
    crossing(foreign, foreign.peer, {
      capability: 'node.manifest.exchange',
      body: { params: {}, input: { manifest: {} } },
    }),
  ]),
  calls(
    'FDR-3.nothing-granted',
    'An agreement that grants the other side nothing lets nothing in',
    'unauthorized',
    (foreign) => [foreign.peer, crossing(foreign, foreign.peer)],
    [],
  ),
  withNeighbour('FDR-3.one-way', 'What the other side grants is no grant to it', async (foreign, context, keep) => {
    keep(await agreed(context, foreign, [], [ECHO_GRANT]))
    const answer = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
  }),
  calls(
    'FDR-3.value',
    'A call with the value that was agreed on is served',
    'ok',
    (foreign) => [foreign.peer, crossing(foreign, foreign.peer)],
    [{ ...ECHO_GRANT, params_constraints: SAID }],
  ),
  calls(
    'FDR-3.other-value',
    'A call with another value than was agreed on is refused',
    'unauthorized',
    (foreign) => [foreign.peer, crossing(foreign, foreign.peer, { body: { params: {}, input: { payload: 'else' } } })],
    [{ ...ECHO_GRANT, params_constraints: SAID }],
  ),
  calls(
    'FDR-3.missing-value',
    'A call without a value that was agreed on is refused for that, before its form is looked at',
    'unauthorized',
    (foreign) => [foreign.peer, crossing(foreign, foreign.peer, { body: { params: {}, input: {} } })],
    [{ ...ECHO_GRANT, params_constraints: SAID }],
  ),
  withNeighbour(
    'FDR-3.calls-per-minute',
    'Calls are counted for the whole community: those of one device are no other’s to make again',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign, [{ ...ECHO_GRANT, calls_per_minute: 2 }]))
      const second = await context.lent('stranger', 'holder')
      const token = passFor(foreign.peer, second.nodeId, foreign.peer.community)
      for (const by of [foreign.peer, second]) {
        const served = await by.deliver(crossing(foreign, by, by === second ? { token } : {}))
        ensure(outcomeOf(served) === 'ok', 'ok for the first two', served)
      }
      for (const by of [foreign.peer, second]) {
        const third = await by.deliver(crossing(foreign, by, by === second ? { token } : {}))
        ensure(outcomeOf(third) === 'rate_limited', 'rate_limited for the third', third)
        const wait = member(third, 'error', 'retry_after_ms')
        ensure(typeof wait === 'number' && wait > 10_000 && wait <= 60_000, 'retry_after_ms within the minute', third)
      }
    },
  ),
  withNeighbour(
    'FDR-3.third',
    'A community without an agreement gains nothing by one of others: not in its own name, and not in theirs',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign))
      const third = await neighbour(context)
      for (const request of [crossing(third, third.peer), crossing(foreign, third.peer)]) {
        const answer = await third.peer.deliver(request)
        ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
      }
    },
  ),
  withNeighbour(
    'FDR-3.public',
    'What is open to strangers stays so to one who does not call in the name of its community (COM-5)',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign, []))
      const answer = await foreign.peer.ask('protocol.version.list', {}, { community: null })
      ensure(outcomeOf(answer) === 'ok', 'ok', answer)
    },
  ),
  withNeighbour(
    'FDR-2.no-common-major',
    'Two that share no major version agree, and call each other when they do: until then it is protocol_unsupported_capability',
    async (foreign, context, keep) => {
      keep(await answered(context, foreign, {}, { protocol_versions: ['2.9.0', '4.0.0'] }))
      const answer = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      const code = outcomeOf(answer)
      ensure(code === 'protocol_unsupported_capability', 'protocol_unsupported_capability', answer)
    },
  ),
  withNeighbour('FDR-2.older-minor', 'A shared major is enough, whatever the minor', async (foreign, context, keep) => {
    keep(await answered(context, foreign, {}, { protocol_versions: ['2.0.0', '3.7.1'] }))
    const answer = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(answer) === 'ok', 'ok', answer)
  }),
  withNeighbour('FDR-1.over', 'An agreement that is over lets nothing in', async (foreign, context, keep) => {
    keep(await answered(context, foreign, { expires_at: wireTime(Date.now() + SHORT_MS) }))
    let last = ''
    const isOver = async (): Promise<boolean> => {
      last = outcomeOf(await foreign.peer.deliver(crossing(foreign, foreign.peer)))
      return last === 'expired'
    }
    ensure(await context.eventually(isOver), 'expired', last)
  }),
  withNeighbour('FDR-6.ended', 'An agreement that was ended lets nothing in from then on', async (foreign, context) => {
    const paper = await agreed(context, foreign)
    const before = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(before) === 'ok', 'ok before the end', before)
    await ended(context, paper)
    const after = await foreign.peer.deliver(crossing(foreign, foreign.peer))
    ensure(outcomeOf(after) === 'unauthorized', 'unauthorized after it', after)
  }),
  withNeighbour(
    'FDR-6.replaced',
    'A later agreement with the same community takes the place of the one before it, with all that it granted',
    async (foreign, context, keep) => {
      keep(await agreed(context, foreign))
      await context.pause(5)
      keep(await agreed(context, foreign, []))
      const answer = await foreign.peer.deliver(crossing(foreign, foreign.peer))
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  ),
  calls('FDR-4.unsigned', 'A call between communities without a signature is no such call', 'unauthorized', (foreign) => [
    foreign.peer,
    foreign.peer.request(ECHO, SAID, { community: foreign.community }),
  ]),
  calls('FDR-4.bad-signature', 'A signature that does not verify is invalid_signature', 'invalid_signature', (foreign) => {
    const signed = crossing(foreign, foreign.peer)
    return [foreign.peer, JSON.parse(JSON.stringify({ ...(signed as object), timestamp: wireTime(Date.now() + 1) }))]
  }),
  calls(
    'FDR-4.carried',
    'A call that somebody else brings is served where its signature proves who made it',
    'ok',
    async (foreign, { lent }) => [await lent('stranger', 'holder'), crossing(foreign, foreign.peer)],
  ),
  calls(
    'FDR-4.carried-late',
    'One that somebody else brings long after it was made is expired: it may be a copy',
    'expired',
    async (foreign, { lent }) => [await lent('stranger', 'holder'), crossing(foreign, foreign.peer, { timestamp: longAgo() })],
  ),
  calls('FDR-4.clock', 'The caller’s own connection proves that it is no copy: its clock may be off', 'ok', (foreign) => [
    foreign.peer,
    crossing(foreign, foreign.peer, { timestamp: longAgo() }),
  ]),
]
