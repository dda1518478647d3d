import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { issueSessionToken } from '#protocol/tensor-transport/session-token.ts'
import type { TensorSession } from '../../kernel/tensors.ts'
import { createMemoryNetwork } from '../../memory/memory-mesh.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createTensorTransport } from './transport.ts'

const PURPOSE = 'shard.forward'

/** Nodes of one community in memory, each with its transport. */
async function neighbours(count: number) {
  const runtime = createSeededRuntime(26)
  const network = createMemoryNetwork(runtime)
  const signers: Signer[] = []
  for (let seed = 1; seed <= count; seed++) signers.push(await testSigner(seed))
  const [root] = signers
  if (!root) throw new TypeError('at least one')
  const nodes = signers.map((signer) => {
    const mesh = network.node(signer.nodeId)
    return { signer, mesh, id: signer.nodeId, transport: createTensorTransport({ runtime, signer, mesh }) }
  })
  for (const { mesh } of nodes) {
    await mesh.start()
    mesh.enter(root.nodeId)
  }
  await runtime.advance(10)
  /** A task while the clock runs. */
  async function during<T>(task: Promise<T>): Promise<T> {
    let over = false
    const done = task.finally(() => {
      over = true
    })
    done.catch(() => {})
    for (let passed = 0; !over && passed < 200; passed++) await runtime.advance(1)
    return done
  }
  const codeOf = (task: Promise<unknown>): Promise<string> =>
    during(
      task.then(
        () => 'open',
        (error: unknown) => (error instanceof HearthError ? error.code : String(error)),
      ),
    )
  return { runtime, network, nodes, during, codeOf }
}
type Neighbours = Awaited<ReturnType<typeof neighbours>>

function two({ nodes }: Neighbours) {
  const [anna, bert] = nodes
  if (!anna || !bert) throw new TypeError('two were asked for')
  return { anna, bert }
}

describe('the transport of a node', () => {
  it('opens what was offered, over the bus’s answer, and carries tensors (TEN-5)', async () => {
    const world = await neighbours(2)
    const { anna, bert } = two(world)
    const offer = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    const near = await world.during(bert.transport.connect(anna.id, { ...offer, purpose: PURPOSE }))
    const far = await world.during(offer.session)
    expect([near.peer, far.peer]).toEqual([anna.id, bert.id])
    const sent = near.send({ dtype: 'fp16', shape: [1, 2], bytes: Uint8Array.of(1, 2, 3, 4) }, { urgent: true })
    const { value } = await world.during(far.tensors[Symbol.asyncIterator]().next())
    expect(value).toMatchObject({ shape: [1, 2], bytes: Uint8Array.of(1, 2, 3, 4) })
    await world.during(sent)
    expect(anna.transport.sessions()).toEqual([far])
    near.cancel('enough')
    await world.during(far.ended)
    expect([anna.transport.sessions(), bert.transport.sessions()]).toEqual([[], []])
  })

  it('refuses a token that is bent, of another session, another purpose, another peer or another issuer (TEN-5)', async () => {
    const world = await neighbours(3)
    const { anna, bert } = two(world)
    const [, , carla] = world.nodes
    if (!carla) throw new TypeError('three were asked for')
    const offer = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    const other = await anna.transport.offer({ peer: bert.id, purpose: 'adapter.fetch' })
    const { session_id, session_token } = offer
    const forged = await issueSessionToken(bert.signer, {
      session_id,
      purpose: PURPOSE,
      peer: bert.id,
      nowMs: world.runtime.now(),
      jti: world.runtime.ulid(),
    })
    const bent = `${session_token.slice(0, -4)}AAAA`
    for (const [who, grant] of [
      [bert, { session_id, session_token: bent, purpose: PURPOSE }],
      [bert, { session_id, session_token: 'hntoken://v1/x.y.z', purpose: PURPOSE }],
      [bert, { session_id, session_token: forged, purpose: PURPOSE }],
      [bert, { session_id, session_token: other.session_token, purpose: PURPOSE }],
      [bert, { session_id: other.session_id, session_token, purpose: PURPOSE }],
      [bert, { session_id, session_token, purpose: 'adapter.fetch' }],
      [carla, { session_id, session_token, purpose: PURPOSE }],
    ] as const)
      expect(['unauthorized', 'bad_request']).toContain(await world.codeOf(who.transport.connect(anna.id, grant)))
    // nobody of them used up the offer
    expect(await world.codeOf(bert.transport.connect(anna.id, { session_id, session_token, purpose: PURPOSE }))).toBe('open')
    // and a token opens one session, once
    expect(await world.codeOf(bert.transport.connect(anna.id, { session_id, session_token, purpose: PURPOSE }))).toBe(
      'unauthorized',
    )
  })

  it('forgets an offer that nobody takes up within a minute, or that is withdrawn', async () => {
    const world = await neighbours(2)
    const { anna, bert } = two(world)
    const late = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    const withdrawn = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    withdrawn.withdraw()
    expect(await world.codeOf(withdrawn.session)).toBe('partition')
    await world.runtime.advance(60_000)
    expect(await world.codeOf(late.session)).toBe('timeout')
    for (const offer of [late, withdrawn])
      expect(await world.codeOf(bert.transport.connect(anna.id, { ...offer, purpose: PURPOSE }))).toBe('unauthorized')
  })

  it('has 64 sessions at most, also with those it opens itself, and room again when one ends (TEN-9)', async () => {
    const world = await neighbours(3)
    const { anna, bert } = two(world)
    const [, , carla] = world.nodes
    if (!carla) throw new TypeError('three were asked for')
    const sessions: TensorSession[] = []
    for (let n = 0; n < 64; n++) {
      const [from, to] = n % 2 === 0 ? [anna, bert] : [bert, anna]
      const offer = await from.transport.offer({ peer: to.id, purpose: PURPOSE })
      sessions.push(await world.during(to.transport.connect(from.id, { ...offer, purpose: PURPOSE })))
    }
    expect(anna.transport.sessions()).toHaveLength(64)
    expect(await world.codeOf(anna.transport.offer({ peer: bert.id, purpose: PURPOSE }))).toBe('capacity_exceeded')
    const offer = await carla.transport.offer({ peer: anna.id, purpose: PURPOSE })
    expect(await world.codeOf(anna.transport.connect(carla.id, { ...offer, purpose: PURPOSE }))).toBe('capacity_exceeded')
    sessions[0]?.cancel('enough')
    await world.runtime.advance(5)
    expect(await world.codeOf(anna.transport.connect(carla.id, { ...offer, purpose: PURPOSE }))).toBe('open')
  })

  it('cannot reach who is away, and ends everything when the node stops', async () => {
    const world = await neighbours(2)
    const { anna, bert } = two(world)
    const offer = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    const waiting = await anna.transport.offer({ peer: bert.id, purpose: PURPOSE })
    const near = await world.during(bert.transport.connect(anna.id, { ...offer, purpose: PURPOSE }))
    anna.transport.stop()
    expect(await world.codeOf(waiting.session)).toBe('partition')
    expect((await world.during(near.ended))?.code).toBe('partition')
    expect(await world.codeOf(bert.transport.connect(anna.id, { ...waiting, purpose: PURPOSE }))).toBe('not_implemented')
    world.network.partition([anna.id], [bert.id])
    await world.runtime.advance(5)
    expect(await world.codeOf(bert.transport.connect(anna.id, { ...waiting, purpose: PURPOSE }))).toBe('partition')
  })
})
