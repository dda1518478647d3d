import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { communityGet, communityRevoke } from '#protocol/community/capabilities.ts'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_SHARD_PURPOSE } from '#protocol/distributed-inference/constants.ts'
import { shardAdvertised, shardWithdrawn } from '#protocol/distributed-inference/events.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import {
  shardConnect,
  shardForward,
  shardList,
  shardOffer,
  shardWithdraw,
  sharingGet,
  sharingSet,
} from '#protocol/distributed-inference/shard-capabilities.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import type { ChatRequest, Hops } from '../../compute/port.ts'
import { fixtureFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { GREEDY } from '../../compute/text/sampler.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import { openShardLink, type ShardLink } from './shard-link.ts'
import { gated } from './testing/gate.ts'
import { createNeighbours, type Neighbour, type Neighbours } from './testing/neighbours.ts'

const MODEL = 'tiny'
const LAYERS = 8
const WIDTH = 256
const ASK: ChatRequest = {
  model: MODEL,
  messages: [{ role: 'user', content: 'Wo ist Wasser?' }],
  sampling: GREEDY,
  maxTokens: 12,
  stops: [],
}
const LONG = { messages: [{ role: 'user', content: 'Wo ist Wasser? '.repeat(18) }], maxTokens: 6 } as const
const SEEDED = { sampling: { temperature: 0.8, topK: 40, topP: 0.9, repetitionPenalty: 1.2, seed: 42 } } as const

const half = (values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
  unpackTensor(packTensor(values, [1, values.length / WIDTH, WIDTH], 'fp16')).values
/** Hidden states of so many tokens, others for each seed. */
const noise = (tokens: number, seed = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: tokens * WIDTH }, (_, index) => Math.sin((index + 1) * (seed + 1) * 0.7) * 0.5)

/** Bert offers all layers, Anna and Cleo ask; Dora is a member only. */
describe('layers for others', () => {
  let neighbours: Neighbours
  let anna: Neighbour
  let bert: Neighbour
  let cleo: Neighbour
  let dora: Neighbour
  const backend = gated(ortInNode())
  const finish = <T>(task: Promise<T>): Promise<T> => neighbours.finish(task)

  beforeAll(async () => {
    neighbours = await createNeighbours(26, ['Anna', 'Bert', 'Cleo', 'Dora'], {
      members: ['Dora'],
      models: new Map([[MODEL, fixtureFiles('qwen2-cpu-int4')]]),
      open: async (kind) => (kind === 'wasm' ? backend : null),
    })
    anna = neighbours.get('Anna')
    bert = neighbours.get('Bert')
    cleo = neighbours.get('Cleo')
    dora = neighbours.get('Dora')
  })
  afterAll(() => neighbours.stop())

  const shardsOf = async (who: Neighbour) => (await finish(anna.node.bus.call(shardList, {}, { to: who.id }))).shards
  const offer = (who: Neighbour, from: number, to: number) =>
    finish(who.node.bus.call(shardOffer, { model: MODEL, layers: { from, to } }))

  const offered = (to = bert): ShardDescriptor => {
    const [shard] = to.hosting.sharing.ready()
    if (!shard) throw new TypeError('nothing is offered')
    return shard
  }

  async function link(by = anna, signal = new AbortController().signal): Promise<ShardLink> {
    // the bus takes ten such calls a second of one peer
    await neighbours.village.runtime.advance(200)
    return finish(openShardLink({ bus: by.node.bus, tensors: by.tensors }, bert.id, offered(), { signal }))
  }

  async function said(change: Partial<ChatRequest>, hops?: Hops) {
    let text = ''
    const answer = anna.compute.client.chat(
      neighbours.village.runtime.ulid(),
      { ...ASK, ...change },
      new AbortController().signal,
      hops,
    )
    for (;;) {
      const next = await answer.next()
      if (next.done) return { text, promptTokens: next.value.promptTokens }
      text += next.value.text
    }
  }
  const over = (...links: readonly ShardLink[]): Hops => ({
    stages: links.length,
    forward: (stage, _, hidden) => links[stage]?.forward(hidden) ?? Promise.reject(new TypeError('no such stage')),
  })
  const streamsOf = (who: Neighbour) => who.hosting.sharing.offers().reduce((sum, { streams }) => sum + streams, 0)
  const heard = (by: Neighbour) => by.hosting.directory.nodes().filter(({ shards }) => shards.length > 0)
  const caches = (who: Neighbour) => (who.compute.status()?.shards ?? []).reduce((sum, { sequences }) => sum + sequences, 0)

  it('offers nothing before a person shares (DLM-5)', async () => {
    expect(await offer(bert, 0, LAYERS - 1)).toEqual({ shard_id: 'tiny:0-7' })
    expect(await shardsOf(bert)).toEqual([])
    expect(await bert.node.bus.call(sharingGet, {})).toMatchObject({
      share: false,
      backend: null,
      offers: [{ shard_id: 'tiny:0-7', state: 'paused' }],
    })
    const { weightsHash } = await finish(bert.compute.client.describe(MODEL))
    const asked = anna.node.bus.call(shardConnect, { shard_id: 'tiny:0-7', weights_sha256: weightsHash }, { to: bert.id })
    await expect(finish(asked)).rejects.toMatchObject({ code: 'shard_unavailable' })
  })

  it('says what it offers once it shares, with what a pipeline is planned from (DLM-1)', async () => {
    await finish(bert.node.bus.call(sharingSet, { share: true }))
    await finish(bert.hosting.sharing.beat())
    const [shard] = await shardsOf(bert)
    expect(shard).toMatchObject({
      shard_id: 'tiny:0-7',
      layers: { from: 0, to: 7 },
      model_layers: LAYERS,
      hidden_size: WIDTH,
      max_concurrent_streams: 8,
      max_tokens: 512,
      streams: 0,
      dtype: 'fp32',
      backend: 'wasm',
    })
    await neighbours.village.until('Anna has heard of it', () => heard(anna).length === 1, 15)
    expect(anna.hosting.directory.nodes().find(({ nodeId }) => nodeId === bert.id)).toMatchObject({ shards: [shard] })
  })

  it('says when to ask again: shards came, here and elsewhere, and one of them went (DLM-1)', async () => {
    const stop = new AbortController()
    const heardBy = (who: Neighbour) => {
      const heard: string[] = []
      const listening = async () => {
        for await (const { types } of who.node.bus.stream(eventsWatch, {}, { signal: stop.signal }))
          heard.push(...types.filter((type) => type.startsWith('distributed_llm.shard.')))
      }
      void listening().catch(() => undefined)
      return heard
    }
    const all = [heardBy(anna), heardBy(cleo)]
    const until = (what: string, type: string) =>
      neighbours.village.until(what, () => all.every((heard) => heard.includes(type)), 15)
    await offer(cleo, 0, 3)
    await offer(cleo, 4, 7)
    await finish(cleo.node.bus.call(sharingSet, { share: true }))
    await finish(cleo.hosting.sharing.beat())
    await until('both know that they came', shardAdvertised.type)
    await neighbours.village.until('Anna has heard of both', async () => (await shardsOf(cleo)).length === 2, 15)
    await neighbours.village.runtime.advance(6000)
    expect(all.flat()).not.toContain(shardWithdrawn.type)
    await finish(cleo.node.bus.call(shardWithdraw, { shard_id: 'tiny:4-7' }))
    await until('both know that one went', shardWithdrawn.type)
    await finish(cleo.node.bus.call(shardWithdraw, { shard_id: 'tiny:0-3' }))
    await finish(cleo.node.bus.call(sharingSet, { share: false }))
    await neighbours.village.until('nothing of it is known', () => heard(anna).length === 1, 15)
    stop.abort()
  })

  it.each([
    ['greedily', {}, 1],
    ['with a seed', SEEDED, 1],
    ['after a long question, whose chunks overlap', LONG, 129],
  ])('computes for a neighbour what that one would compute itself, token for token, %s (DLM-3)', async (_, change, least) => {
    const alone = await finish(said(change))
    expect(alone.promptTokens).toBeGreaterThanOrEqual(least)
    const conversation = await link()
    expect(await finish(said(change, over(conversation)))).toEqual(alone)
    expect(caches(bert)).toBe(1)
    conversation.close()
    await neighbours.village.until('its cache is freed', () => caches(bert) === 0, 1)
  })

  it('takes several steps before it has answered the first, and answers them in order to the bit', async () => {
    const steps = [128, 3, 1, 1].map((tokens, index) => noise(tokens, index))
    const local = { model: MODEL, first: 0, end: LAYERS, sequence: 'here' }
    await finish(anna.compute.client.load(MODEL, local))
    const expected: Float32Array[] = []
    let position = 0
    for (const step of steps) {
      const hidden = await finish(anna.compute.client.forward({ ...local, position, hidden: step.slice() }))
      expected.push(hidden)
      position += step.length / WIDTH
    }
    anna.compute.client.forget(local)
    const conversation = await link()
    const answers = await finish(Promise.all(steps.map((step) => conversation.forward(step))))
    expect(answers).toEqual(expected)
    conversation.close()
  })

  it.each([
    ['whoever asked closes it', async (conversation: ShardLink) => conversation.close(), null],
    ['whoever asked is told to stop', async (_: ShardLink, stop: AbortController) => stop.abort(), null],
    [
      'the connection is lost',
      async () => neighbours.village.network.partition([bert.id], [anna.id, cleo.id, dora.id]),
      'partition',
    ],
  ])('frees a conversation within 200 ms when %s, also in the middle of a step (DLM-10)', async (_, end, code) => {
    const stop = new AbortController()
    const conversation = await link(anna, stop.signal)
    await finish(conversation.forward(noise(4)))
    expect(caches(bert)).toBe(1)
    const release = backend.hold()
    const underWay = conversation.forward(noise(1)).catch((error: unknown) => error)
    const queued = conversation.forward(noise(128)).catch((error: unknown) => error)
    await neighbours.village.until('a step is under way', () => backend.waiting === 1, 1)
    await end(conversation, stop)
    for (let passed = 0; passed < 200; passed += 5) await neighbours.village.runtime.advance(5)
    expect([caches(bert), streamsOf(bert)]).toEqual([0, 0])
    release()
    for (const step of [underWay, queued]) expect(await finish(step)).toMatchObject({ name: 'HearthError' })
    expect(await finish(conversation.ended)).toEqual(code && expect.objectContaining({ code }))
    expect([caches(bert), bert.compute.status()?.shards[0]?.cacheBytes]).toEqual([0, 0])
    neighbours.village.network.heal()
    await neighbours.village.until('they meet again', () => heard(anna).length === 1)
  })

  it('takes as many conversations as it says and not one more', async () => {
    const most = offered().max_concurrent_streams
    const links: ShardLink[] = []
    for (let count = 0; count < most; count++) links.push(await link())
    expect(streamsOf(bert)).toBe(most)
    await expect(link()).rejects.toMatchObject({ code: 'capacity_exceeded' })
    links[0]?.close()
    await neighbours.village.until('there is room again', () => streamsOf(bert) < most, 1)
    links.push(await link())
    for (const one of links) one.close()
    await neighbours.village.until('all are gone', () => streamsOf(bert) === 0, 1)
  })

  it('gives back the place of a conversation that nobody opens', async () => {
    const { shard_id, weights_sha256 } = offered()
    await finish(anna.node.bus.call(shardConnect, { shard_id, weights_sha256 }, { to: bert.id }))
    expect(streamsOf(bert)).toBe(1)
    await neighbours.village.until('the offer has run out', () => streamsOf(bert) === 0, 61)
  })

  it('holds one place for who asks again and again and takes nothing up, and serves the newest of them', async () => {
    const { shard_id, weights_sha256, max_concurrent_streams } = offered()
    const connect = (by: Neighbour) => finish(by.node.bus.call(shardConnect, { shard_id, weights_sha256 }, { to: bert.id }))
    const open = (by: Neighbour, { session_id, session_token }: Awaited<ReturnType<typeof connect>>) => {
      const grant = { session_id: parseUlid(session_id), session_token, purpose: DISTRIBUTED_LLM_SHARD_PURPOSE }
      return finish(by.tensors.connect(bert.id, grant))
    }
    const running = await link()
    const others = await connect(cleo)
    const grants: Awaited<ReturnType<typeof connect>>[] = []
    for (let times = 0; times < max_concurrent_streams + 2; times++) {
      await neighbours.village.runtime.advance(200)
      grants.push(await connect(anna))
    }
    expect(streamsOf(bert)).toBe(3)
    const [first, newest] = [grants[0], grants.at(-1)]
    if (!first || !newest) throw new TypeError('nothing was granted')
    await expect(open(anna, first)).rejects.toMatchObject({ code: 'unauthorized' })
    const sessions = [await open(anna, newest), await open(cleo, others)]
    // what was taken up is nobody's to replace
    await connect(anna)
    expect(streamsOf(bert)).toBe(4)
    for (const session of sessions) session.cancel('enough')
    running.close()
    await neighbours.village.until('all places are free', () => streamsOf(bert) === 0, 61)
  })

  it('refuses other weights, and layers that it does not offer', async () => {
    const connect = (shard_id: string, weights_sha256: string) =>
      finish(anna.node.bus.call(shardConnect, { shard_id, weights_sha256 }, { to: bert.id }))
    await expect(connect('tiny:0-7', `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'weights_mismatch' })
    await expect(connect('tiny:0-6', offered().weights_sha256)).rejects.toMatchObject({ code: 'shard_unavailable' })
  })

  it('shows and computes nothing for a member who is not trusted (DLM-5)', async () => {
    await expect(finish(dora.node.bus.call(shardList, {}, { to: bert.id }))).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(link(dora)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(heard(dora)).toEqual([])
  })

  it('ends the conversation of a neighbour who is revoked, and computes nothing more for them (DLM-5)', async () => {
    const conversation = await link(cleo)
    await finish(conversation.forward(noise(1)))
    expect(caches(bert)).toBe(1)
    const { revocation_id } = await anna.node.bus.call(communityRevoke, { subject: cleo.id, reason: 'Test' })
    const pending = async () => (await bert.node.bus.call(communityGet, {})).community?.pending.length
    await neighbours.village.until('Bert knows of it', async () => (await pending()) === 1)
    expect(caches(bert)).toBe(1)
    await bert.node.bus.call(communityRevoke, { subject: cleo.id, reason: '', revocation_id })
    await neighbours.village.until('Bert has ended it', () => caches(bert) === 0)
    await expect(finish(conversation.forward(noise(1)))).rejects.toMatchObject({ name: 'HearthError' })
    await expect(finish(cleo.node.bus.call(shardList, {}, { to: bert.id }))).rejects.toMatchObject({ name: 'HearthError' })
  })

  it('computes a small call without a session, and keeps nothing of it', async () => {
    const { shard_id, weights_sha256 } = offered()
    // a call carries half precision, whatever a session would
    const hidden = half(noise(130))
    const call = (tokens: number, bytes: Uint8Array) =>
      finish(
        anna.node.bus.call(shardForward, { shard_id, weights_sha256, tokens, hidden: toBase64Url(bytes) }, { to: bert.id }),
      )
    const packed = packTensor(hidden, [1, 130, WIDTH], 'fp16')
    const answer = await call(130, packed.bytes)
    const conversation = await link()
    const streamed = await finish(
      Promise.all([conversation.forward(hidden.slice(0, 128 * WIDTH)), conversation.forward(hidden.slice(128 * WIDTH))]),
    )
    conversation.close()
    const { values } = unpackTensor({ ...packed, bytes: fromBase64Url(answer.hidden) })
    expect([...values]).toEqual(streamed.flatMap((part) => [...half(part)]))
    expect(answer.compute_ms).toBeGreaterThanOrEqual(0)
    await expect(call(129, packed.bytes)).rejects.toMatchObject({ code: 'bad_request' })
    await neighbours.village.until('its cache is freed', () => caches(bert) === 0, 1)
  })

  it('says goodbye before it closes, and offers the same after a restart (DLM-1, DLM-9)', async () => {
    const connections: unknown[] = []
    const stop = anna.hosting.directory.gone.on((peer) => {
      connections.push([peer, anna.mesh.peers().find(({ nodeId }) => nodeId === peer)?.connection])
    })
    const before = offered()
    const running = await link()
    await finish(running.forward(noise(1)))
    void running.ended.then(() => connections.push('the conversation ended'))
    bert = await neighbours.restart('Bert')
    stop()
    expect(connections).toEqual([[bert.id, 'direct'], 'the conversation ended'])
    await neighbours.village.until('Anna hears of it again', () => heard(anna).length === 1)
    expect(heard(anna)[0]?.shards).toEqual([{ ...before, ms_per_token: null }])
    const conversation = await link()
    await finish(conversation.forward(noise(2)))
    conversation.close()
    await neighbours.village.until('its cache is freed', () => caches(bert) === 0, 1)
  })

  it('tells conversations before layers go, whether they are taken back or sharing ends (DLM-9)', async () => {
    const told = async (task: () => Promise<unknown>): Promise<unknown> => {
      const conversation = await link()
      await finish(conversation.forward(noise(1)))
      await finish(task())
      return finish(conversation.ended)
    }
    expect(await told(() => bert.node.bus.call(sharingSet, { share: false }))).toMatchObject({ data: { reason: 'withdrawn' } })
    expect(await shardsOf(bert)).toEqual([])
    expect(bert.compute.status()?.shards).toEqual([])
    await finish(bert.node.bus.call(sharingSet, { share: true }))
    await finish(bert.hosting.sharing.beat())
    expect(await told(() => bert.node.bus.call(shardWithdraw, { shard_id: 'tiny:0-7' }))).toMatchObject({
      data: { reason: 'withdrawn' },
    })
    await expect(bert.node.bus.call(shardWithdraw, { shard_id: 'tiny:0-7' })).rejects.toMatchObject({ code: 'not_found' })
    expect((await bert.node.bus.call(sharingGet, {})).offers).toEqual([])
  })
})
