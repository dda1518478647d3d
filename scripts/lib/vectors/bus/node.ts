import { tokenRevoke } from '#protocol/auth/capabilities.ts'
import { communityJoin } from '#protocol/community/capabilities.ts'
import { defineCapability, type TrustLevel } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import { type NodeId, parseUlid } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { nodeEcho } from '#protocol/node/capabilities.ts'
import { versionList } from '#protocol/protocol/capabilities.ts'
import { createAdmission } from '../../../../workers/kernel/bus/admission.ts'
import type { Bus, BusDeps, MessageLink } from '../../../../workers/kernel/bus/bus.ts'
import { createClient } from '../../../../workers/kernel/bus/client.ts'
import { createBus } from '../../../../workers/kernel/bus/create-bus.ts'
import { createRateLimiter } from '../../../../workers/kernel/bus/rate.ts'
import { createRegistry } from '../../../../workers/kernel/bus/registry.ts'
import type { CommunityHolder } from '../../../../workers/kernel/community/holder.ts'
import type { Members } from '../../../../workers/kernel/community/members.ts'
import { createManifests } from '../../../../workers/kernel/manifests.ts'
import type { Mesh } from '../../../../workers/kernel/mesh/mesh.ts'
import type { Runtime } from '../../../../workers/kernel/runtime.ts'
import { createSeededRuntime } from '../../../../workers/testing/seeded-runtime.ts'
import { people } from '../seeded.ts'
import { nodeOf } from './requests.ts'

const runtimeAt = (now: string): Runtime => ({ ...createSeededRuntime(1), now: () => Date.parse(now) })
const nobody = async (): Promise<never> => Promise.reject(new HearthError('partition', 'nobody is called here'))

/** The checks of BUS-3 at the node that `requests.ts` describes. */
export async function admissionOf() {
  const node = nodeOf(await people())
  // the words are those of the levels
  const levels = new Map(node.levels.map(({ node_id, level }) => [node_id, level as TrustLevel | 'revoked']))
  const levelOf = (id: NodeId) => levels.get(id) ?? 'unknown'
  const deps: BusDeps = {
    self: () => node.node_id,
    community: () => node.community_id,
    levelOf,
    isDisabled: (name) => name.startsWith('experimental.evidence.'),
    open: nobody,
    providers: () => [],
    isTokenHonoured: ({ iss }) => !['unknown', 'revoked'].includes(levelOf(iss)),
  }
  const registry = createRegistry()
  registry.add(nodeEcho, async (input) => input)
  registry.add(tokenRevoke, async () => ({}))
  registry.add(versionList, async () => ({ versions: [], suite_versions_passed: [] }))
  registry.add(communityJoin, async () => ({ content_id: contentIdOf({}) }))
  const rates = createRateLimiter(
    () => 0,
    () => {},
  )
  return createAdmission(runtimeAt(node.now), deps, registry, rates)
}

const Anything = Type.Unsafe<JsonValue>(Type.Unknown())
const common = { stability: 'stable', trust: 'member', input: Strict({}), output: Anything } as const
export const anyOutput = defineCapability({ ...common, name: 'example.any' })
export const anyStream = defineCapability({ ...common, name: 'example.flow', stream: Anything })

/** A link whose other side says these messages, whatever it hears. @param heard gets what is sent to it */
function saying(messages: readonly JsonValue[], heard: (message: JsonValue) => void = () => {}): MessageLink {
  return {
    send: async (message) => heard(message),
    messages: (async function* () {
      yield* messages
    })(),
    close: async () => {},
    abort: () => {},
  }
}

/** A caller whose peer says these messages. @param request_id the id its request gets */
export async function callerHearing(messages: readonly JsonValue[], request_id = '0'.repeat(26)) {
  const { anna, bert } = await people()
  const runtime = { ...createSeededRuntime(1), ulid: () => parseUlid(request_id) }
  const self = () => anna.nodeId
  const client = createClient(runtime, { self, community: self, open: async () => saying(messages) })
  return { client, call: { peer: bert.nodeId, input: {}, options: {} } }
}

/** Carla's node as far as manifests go; everybody is a member and bert is reachable. */
export async function manifestsAt(now: string) {
  const { anna, bert, carla } = await people()
  const runtime = runtimeAt(now)
  const bus = createBus(runtime, {
    self: () => carla.nodeId,
    community: () => anna.nodeId,
    levelOf: () => 'member',
    isDisabled: () => false,
    open: nobody,
    providers: () => [],
    isTokenHonoured: () => true,
  })
  const manifests = createManifests({
    runtime,
    signer: carla,
    bus,
    // no more than manifests ask of these three
    mesh: { peers: () => [{ nodeId: bert.nodeId, connection: 'direct', latencyMs: 1, since: 0 }] } as unknown as Mesh,
    members: { get: () => ({ nodeId: carla.nodeId, displayName: 'Carla', status: 'active' }) } as unknown as Members,
    community: { current: () => ({ log: { communityId: anna.nodeId } }) } as unknown as CommunityHolder,
  })
  return { bus, manifests }
}

/** One call over a node's bus, as a peer makes it. @returns the output. @throws HearthError what the node refuses with */
export async function ask(bus: Bus, peer: NodeId, request: JsonValue): Promise<unknown> {
  let answer: unknown = null
  const link = saying([request], (message) => {
    answer = message
  })
  await bus.answer(link, peer)
  const error: unknown = Reflect.get(Object(answer), 'error')
  // the node's own answer is a WireError
  if (error !== undefined) throw HearthError.fromWire(error as Parameters<typeof HearthError.fromWire>[0])
  return Reflect.get(Object(answer), 'output')
}
