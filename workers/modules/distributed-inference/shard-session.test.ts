import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { ReceivedTensor, TensorSession } from '../../kernel/tensors.ts'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import { acceptTensorSession, openTensorSession } from '../../transport/tensor/session.ts'
import { GRANT, instantEnds } from '../../transport/tensor/testing/pair.ts'
import { digestOf, packHop, readNotice } from './hop-tensor.ts'
import type { ReadyShard } from './offered-layers.ts'
import { type Conversation, converse } from './shard-session.ts'

/** Too wide to go in full (TEN-4). */
const WIDTH = 1032

const shard: ReadyShard = {
  descriptor: {
    shard_id: 'tiny:0-0',
    model: 'tiny',
    weights_sha256: `sha256:${'0'.repeat(64)}`,
    layers: { from: 0, to: 0 },
    model_layers: 1,
    hidden_size: WIDTH,
    memory_bytes: 1,
    max_concurrent_streams: 8,
    streams: 0,
    max_tokens: 300,
    dtype: hopDtypeOf(WIDTH),
    backend: 'reference',
    ms_per_token: null,
  },
  life: new AbortController().signal,
  enter: () => () => undefined,
  served: () => undefined,
}

/** What one side of a session has got so far. */
function hearing(session: TensorSession) {
  const got: ReceivedTensor[] = []
  const listen = async (): Promise<void> => {
    for await (const tensor of session.tensors) got.push(tensor)
  }
  listen().catch(() => undefined)
  return got
}

describe('a conversation whose steps another shard hands over (DLM-11)', () => {
  let runtime: SeededRuntime
  let asker: TensorSession
  let before: TensorSession
  let after: TensorSession
  let atAsker: ReceivedTensor[]
  let atNext: ReceivedTensor[]
  let conversation: Conversation
  let trusted: (peer: NodeId) => boolean
  let computed: number[]
  let forgotten: number

  async function pair(): Promise<readonly [TensorSession, TensorSession]> {
    const { ids, streams } = await instantEnds()
    const options = { compression: 'none', preferredDtype: hopDtypeOf(WIDTH) } as const
    return Promise.all([
      openTensorSession({ runtime, self: ids[0] }, streams[0], GRANT, options),
      acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => options),
    ])
  }

  beforeEach(async () => {
    runtime = createSeededRuntime(4)
    trusted = () => true
    computed = []
    forgotten = 0
    const [[nearAsker, farAsker], [nearBefore, farBefore], [nearNext, farNext]] = [await pair(), await pair(), await pair()]
    asker = nearAsker
    before = nearBefore
    after = farNext
    atAsker = hearing(asker)
    atNext = hearing(after)
    const compute = {
      async forward({ position, hidden }: { readonly position: number; readonly hidden: Float32Array<ArrayBuffer> }) {
        computed.push(position)
        return hidden.map((value) => value + 1)
      },
      forget: () => {
        forgotten += 1
      },
    }
    const sequence = { model: 'tiny', first: 0, end: 1, sequence: 'one' }
    const deps = { compute, isTrusted: (peer: NodeId) => trusted(peer) }
    conversation = converse(deps, farAsker, shard, sequence, Promise.resolve(farBefore))
    conversation.over.catch(() => undefined)
    conversation.handOn(nearNext)
  })

  const step = (value: number, tokens = 1) => packHop(new Float32Array(tokens * WIDTH).fill(value), WIDTH, hopDtypeOf(WIDTH))
  const give = async (session: TensorSession, id: number, tensor = step(id)): Promise<void> => {
    session.send(tensor, { id, urgent: true }).catch(() => undefined)
    await runtime.settle()
  }
  const resultsAt = (got: readonly ReceivedTensor[]): unknown[] =>
    got.filter(({ dtype }) => dtype !== 'int8').map((tensor) => [tensor.id, unpackTensor(tensor).values[0]])
  const noticesAt = () => atAsker.flatMap((tensor) => readNotice(tensor) ?? [])

  it('computes what comes from either side, once and in order, and gives the results to both', async () => {
    await give(asker, 0)
    await give(before, 0)
    await give(before, 1)
    await give(asker, 1)
    await give(asker, 2)
    await give(before, 2)
    expect(computed).toEqual([0, 1, 2])
    expect(resultsAt(atAsker)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ])
    expect(resultsAt(atNext)).toEqual(resultsAt(atAsker))
  })

  it('says of each step that it was handed what it was, before it says what came of it', async () => {
    await give(asker, 0)
    await give(before, 1)
    expect(atAsker.map(({ id, dtype }) => [id, dtype])).toEqual([
      [0, 'fp16'],
      [0x8001, 'int8'],
      [1, 'fp16'],
    ])
    expect(noticesAt()).toEqual([{ step: 1, digest: Uint8Array.from(digestOf(step(1))) }])
  })

  it.each<readonly [string, () => Promise<void>]>([
    ['a step that is not the next', () => give(before, 2)],
    ['what is no number', () => give(before, 0, step(Number.NaN))],
    ['another shape', () => give(before, 0, packTensor(new Float32Array(8), [1, 1, 8], 'fp16'))],
    ['more than goes through at a time', () => give(before, 0, step(0, 129))],
    [
      'a step of who is not trusted any more',
      () => {
        trusted = (peer) => peer !== before.hello.from && peer !== before.hello.to
        return give(before, 0)
      },
    ],
    ['nothing: it is gone', async () => before.cancel('gone')],
  ])('takes nothing more from who hands it %s, says so, and goes on with who asks', async (_, hand) => {
    await hand()
    await runtime.settle()
    expect(computed).toEqual([])
    expect(noticesAt()).toEqual(['released'])
    expect(await before.ended).not.toBeNull()
    trusted = () => true
    await give(asker, 0)
    expect(resultsAt(atAsker)).toEqual([[0, 1]])
  })

  it('ends when who asks sends a step that is not the next', async () => {
    await give(asker, 1)
    expect(await asker.ended).toMatchObject({ data: { reason: 'wrong_step' } })
  })

  it('goes on for who asks when the next one is gone', async () => {
    await give(asker, 0)
    after.cancel('gone')
    await runtime.settle()
    await give(asker, 1)
    expect(resultsAt(atAsker)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })

  it('ends all ways and frees the cache when who asks ends it (DLM-10)', async () => {
    await give(before, 0)
    asker.cancel('enough')
    await runtime.settle()
    expect(forgotten).toBe(1)
    expect(await before.ended).not.toBeNull()
    expect(await after.ended).not.toBeNull()
    await give(before, 1)
    expect(computed).toEqual([0])
  })

  it('hands nothing on once it has begun', async () => {
    await give(asker, 0)
    const [near] = await pair()
    expect(() => conversation.handOn(near)).toThrow(expect.objectContaining({ code: 'bad_request' }))
  })

  it('carries what half precision cannot have in full, never as infinity (DLM-3)', async () => {
    await give(asker, 0, step(70_000))
    expect(atAsker.map(({ dtype }) => dtype)).toEqual(['fp32'])
    expect(resultsAt(atAsker)).toEqual([[0, 70_001]])
    await give(asker, 1, step(3))
    expect(atAsker.map(({ dtype }) => dtype)).toEqual(['fp32', 'fp16'])
  })
})
