import type { Static } from '@sinclair/typebox'
import { type Request, RequestSchema } from '#protocol/core/bus.ts'
import { reaches, serves, type TrustLevel } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { NodeIdSchema, parseAs, Strict } from '#protocol/core/schema.ts'
import { verifyRecord } from '#protocol/core/signing.ts'
import type { TokenPayload } from '#protocol/core/token.ts'
import * as Type from '#protocol/core/type.ts'
import type { Runtime } from '../runtime.ts'
import type { BusDeps, Caller } from './bus.ts'
import { type Crossing, createCrossings } from './crossing.ts'
import { createGrants } from './grants.ts'
import type { RateLimiter } from './rate.ts'
import type { Registry, Served } from './registry.ts'
import { createReplayGuard } from './replay.ts'

/** A screen is this device: its port proves it, so it need not say who it is. */
const ScreenRequestSchema = Strict({ ...RequestSchema.properties, from: Type.Optional(NodeIdSchema) })

/** A call that may run. */
export interface Admitted {
  readonly requestId: Ulid
  readonly served: Served
  readonly caller: Caller
  readonly input: unknown
}

export interface Admission {
  /** @throws HearthError with the code of the first check that fails; null when the peer is over a hard limit (BUS-6) */
  peer(message: unknown, peer: NodeId): Promise<Admitted | null>
  screen(message: unknown): Admitted
}

/** What lets in somebody who is no member: a token, an agreement between communities, or both. */
interface Ticket {
  readonly token: TokenPayload | null
  readonly crossing: Crossing | null
}

/** All names that are not served count as one, or names made up would each have a limit of their own. */
const NOT_SERVED = '?'

/** COM-5. */
const isPublic = (name: string): boolean => name.startsWith('protocol.') || name === 'community.join'

async function checkFrom(request: Request, peer: NodeId): Promise<void> {
  const { signature, from } = request
  if (signature === undefined && from === peer) return
  if (signature === undefined || !(await verifyRecord(from, { ...request, signature }))) {
    throw new HearthError('invalid_signature', 'neither the connection nor a signature proves who calls')
  }
}

/** The checks of BUS-3 in its order: shape, `from`, replay, membership or token, trust, rate, schema. The link checks the size. */
export function createAdmission(runtime: Runtime, deps: BusDeps, registry: Registry, rates: RateLimiter): Admission {
  const replays = createReplayGuard()
  const grants = createGrants(runtime, deps)
  const crossings = createCrossings(runtime, deps, grants)

  function find(name: string, version: string): Served {
    const served = registry.find(name)
    if (served && serves(served.capability.version, version)) return served
    if (deps.isDisabled(name)) throw new HearthError('experimental_disabled', `${name} is switched off here`)
    throw new HearthError('not_implemented', `${name} ${version} is not served here`)
  }

  function levelOf(from: NodeId): TrustLevel {
    const level = deps.levelOf(from)
    if (level === 'revoked') throw new HearthError('revoked', 'no longer a member')
    // nobody but a screen is the person at this device, whatever the member list says
    return level === 'self' ? 'unknown' : level
  }

  /** Names are looked up only for those who may know them: to a stranger served, disabled and unknown look alike. */
  async function checkMembership(request: Request, level: TrustLevel, peer: NodeId): Promise<Ticket> {
    const { capability, from, community, token, body, version } = request
    const crossing = await crossings.open(request, peer)
    if (crossing) return { token: crossing.pass, crossing }
    if (token !== undefined) {
      const served = registry.find(capability)
      const use = { subject: from, input: body.input }
      if (served) return { token: await grants.open(token, { ...use, capability: served.capability }), crossing }
    }
    if (isPublic(capability)) return { token: null, crossing }
    if (!reaches(level, 'member') || community === null || community !== deps.community()) {
      throw new HearthError('unauthorized', 'not a member of this community')
    }
    find(capability, version)
    return { token: null, crossing }
  }

  async function admitPeer(message: unknown, peer: NodeId): Promise<Admitted | null> {
    const request = parseAs(RequestSchema, message, 'bad_request')
    const { capability: name, from, request_id: requestId } = request
    await checkFrom(request, peer)
    if (request.from === peer) deps.onClock?.(peer, Date.parse(request.timestamp) - runtime.now())
    if (!rates.requestArrived(peer, registry.find(name) ? name : NOT_SERVED)) return null
    if (!replays.isFirst(from, requestId)) throw new HearthError('bad_request', 'request_id was seen before')
    const own = levelOf(from)
    const { token, crossing } = await checkMembership(request, own, peer)
    const served = find(name, request.version)
    const { trust } = served.capability
    // whoever speaks for another community is here what that one was granted, and no more
    const level = crossing ? 'unknown' : own
    if (!reaches(level, trust) && (!(token || crossing) || trust === 'self')) {
      throw new HearthError('unauthorized', `${name} is for ${trust}`)
    }
    rates.admit(from, name)
    crossing?.spend()
    if (token) grants.spend(token)
    parseAs(served.capability.input, request.body.input)
    const caller = { nodeId: from, level, ...(crossing ? { community: crossing.community } : {}) }
    return { requestId, served, caller, input: request.body.input }
  }

  return {
    peer: admitPeer,
    screen(message) {
      const request: Static<typeof ScreenRequestSchema> = parseAs(ScreenRequestSchema, message, 'bad_request')
      const nodeId = deps.self()
      if (request.from !== undefined && nodeId !== null && request.from !== nodeId) {
        throw new HearthError('invalid_signature', 'a screen calls as its own node')
      }
      const served = find(request.capability, request.version)
      parseAs(served.capability.input, request.body.input)
      return { requestId: request.request_id, served, caller: { nodeId, level: 'self' }, input: request.body.input }
    },
  }
}
