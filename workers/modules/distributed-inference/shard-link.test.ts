import { beforeEach, describe, expect, it } from 'vitest'
import type { Output } from '#protocol/core/capability.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { shardConnect } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { ReceivedTensor, TensorSession } from '../../kernel/tensors.ts'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { packTensor } from '../../transport/tensor/dtype.ts'
import { acceptTensorSession, openTensorSession } from '../../transport/tensor/session.ts'
import { GRANT, instantEnds } from '../../transport/tensor/testing/pair.ts'
import { openShardLink, type ShardLink } from './shard-link.ts'

const WIDTH = 8
const SHARD: ShardDescriptor = {
  shard_id: 'tiny:0-3',
  model: 'tiny',
  weights_sha256: `sha256:${'0'.repeat(64)}`,
  layers: { from: 0, to: 3 },
  model_layers: 4,
  hidden_size: WIDTH,
  memory_bytes: 1,
  max_concurrent_streams: 8,
  streams: 0,
  max_tokens: 512,
  dtype: 'fp16',
  backend: 'wasm',
  ms_per_token: null,
}

describe('a conversation with a shard', () => {
  let runtime: SeededRuntime
  let link: ShardLink
  let host: TensorSession
  let stop: AbortController
  beforeEach(async () => {
    runtime = createSeededRuntime(1)
    stop = new AbortController()
    const { ids, streams } = await instantEnds()
    const hosting = acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({ compression: 'none' }))
    const { session_id, session_token } = GRANT
    const granted: Output<typeof shardConnect> = { session_id, session_token, dtype: 'fp16', max_tokens: 300 }
    link = await openShardLink(
      {
        // the one answer that is asked for
        bus: { call: async () => granted as never },
        tensors: { connect: (_, grant, options) => openTensorSession({ runtime, self: ids[0] }, streams[0], grant, options) },
      },
      ids[1],
      SHARD,
      { signal: stop.signal },
    )
    host = await hosting
  })

  async function asked(): Promise<ReceivedTensor> {
    const { value } = await host.tensors[Symbol.asyncIterator]().next()
    return value
  }
  const ones = (tokens: number, value = 1): Float32Array<ArrayBuffer> => new Float32Array(tokens * WIDTH).fill(value)
  const answer = (id: number, tokens: number, value = 2, width = WIDTH): Promise<void> =>
    host.send(packTensor(new Float32Array(tokens * width).fill(value), [1, tokens, width], 'fp16'), { id, urgent: true })

  it('gives each answer to whoever asked for it, and says how long it may become', async () => {
    const steps = [link.forward(ones(3)), link.forward(ones(1))]
    const [first, second] = [await asked(), await asked()]
    expect([first.shape, second.shape]).toEqual([
      [1, 3, WIDTH],
      [1, 1, WIDTH],
    ])
    await answer(second.id, 1, 5)
    await answer(first.id, 3, 4)
    expect(await Promise.all(steps)).toEqual([ones(3, 4), ones(1, 5)])
    expect(link.maxTokens).toBe(300)
  })

  it.each<readonly [string, (id: number) => Promise<void>]>([
    ['to nothing that was asked', (id) => answer(id + 1, 2)],
    ['for other tokens', (id) => answer(id, 1)],
    ['of another width', (id) => answer(id, 2, 1, WIDTH + 1)],
    ['of eight bits', (id) => host.send(packTensor(ones(2), [1, 2, WIDTH], 'int8'), { id })],
    [
      'in other dimensions',
      (id) => host.send({ dtype: 'fp16', shape: [2, WIDTH], bytes: new Uint8Array(2 * WIDTH * 2) }, { id }),
    ],
  ])('believes no answer %s, and nothing after it (DLM-6)', async (_, lie) => {
    const step = link.forward(ones(2))
    step.catch(() => undefined)
    const { id } = await asked()
    await lie(id).catch(() => undefined)
    await expect(step).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect(await link.ended).toMatchObject({ code: 'pipeline_failed' })
    await expect(link.forward(ones(1))).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect(await host.ended).not.toBeNull()
  })

  it('tells all who wait why the shard ended it', async () => {
    const steps = [link.forward(ones(2)), link.forward(ones(1))]
    for (const step of steps) step.catch(() => undefined)
    await asked()
    host.cancel('withdrawn')
    for (const step of steps) await expect(step).rejects.toMatchObject({ code: 'partition', data: { reason: 'withdrawn' } })
    expect(await link.ended).toMatchObject({ data: { reason: 'withdrawn' } })
  })

  it('takes it for lost when the shard ends it in order: the conversation was not over', async () => {
    await host.close()
    expect(await link.ended).toMatchObject({ code: 'shard_unavailable' })
  })

  it.each([
    ['is closed', () => link.close()],
    ['is told to stop', () => stop.abort()],
  ])('ends at once on both sides when it %s (DLM-10)', async (_, end) => {
    const step = link.forward(ones(2))
    step.catch(() => undefined)
    await asked()
    end()
    await expect(step).rejects.toMatchObject({ code: 'partition' })
    expect(await link.ended).toBeNull()
    expect(await host.ended).toMatchObject({ data: { reason: 'closed' } })
    await expect(link.forward(ones(1))).rejects.toMatchObject({ code: 'partition' })
  })
})
