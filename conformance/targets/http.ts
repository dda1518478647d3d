import { type Bytes, type Identity, identityFrom, type Json, ulidOf, utf8, wireTime } from '../client/encoding.ts'
import { ensure, member, outcomeOf } from '../harness/case.ts'
import type { Random } from '../harness/random.ts'
import type { Target } from '../harness/target.ts'
import { readInvite } from './invites.ts'

const ANSWER_MS = 15_000

async function post(url: string, body: Bytes): Promise<Json | null> {
  const response = await fetch(new URL('/bus/v1/call', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  try {
    return (await response.json()) as Json // what a JSON text is
  } catch {
    return null
  }
}

const asking = (identity: Identity, random: Random): Json => ({
  ...identity.sign({
    capability: 'protocol.self.describe',
    version: '1.0',
    request_id: ulidOf(Date.now(), random.bytes(10)),
    from: identity.nodeId,
    community: null,
    timestamp: wireTime(Date.now()),
    body: { params: {}, input: {} },
  }),
})

/** A node behind the HTTP binding (BUS-9). @param invite a link to its community, so that the suite's peers may join */
export async function openHttpTarget(url: string, invite: string | null, random: Random): Promise<Target> {
  const answer = await post(url, utf8(JSON.stringify(asking(identityFrom(random.bytes(32)), random))))
  ensure(outcomeOf(answer) === 'ok', `protocol.self.describe at ${url}`, answer)
  const read = invite === null ? null : readInvite(invite)
  const payload = read ? JSON.parse(atob((read.token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) : null
  return {
    kind: 'http',
    features: new Set(['call']),
    nodeId: String(member(answer, 'output', 'node_id')),
    community: payload ? String(member(payload, 'aud')) : null,
    invite: async (level) => (level === 'member' ? read : null),
    connect: () => Promise.reject(new Error('the HTTP binding has no connections')),
    post: (body) => post(url, body),
    seat: null,
    codec: null,
    problems: () => [],
    stop: async () => undefined,
  }
}
