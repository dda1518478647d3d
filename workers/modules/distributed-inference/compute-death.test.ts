import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toBase64Url } from '#protocol/core/encoding.ts'
import {
  shardForward,
  shardList,
  shardOffer,
  sharingGet,
  sharingSet,
} from '#protocol/distributed-inference/shard-capabilities.ts'
import { fixtureFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { openShardLink } from './shard-link.ts'
import { gated } from './testing/gate.ts'
import { createNeighbours, type Neighbour, type Neighbours } from './testing/neighbours.ts'

const LAYERS = { from: 0, to: 7 }
const WIDTH = 256

/** Bert's compute worker is ended by his browser, Anna asks. */
describe('a device whose compute worker dies', () => {
  let neighbours: Neighbours
  let anna: Neighbour
  let bert: Neighbour
  const backend = gated(ortInNode())
  let shut: Promise<void> | null = null
  const finish = <T>(task: Promise<T>): Promise<T> => neighbours.finish(task)
  const noise = () => Float32Array.from({ length: WIDTH }, (_, at) => Math.sin(at))

  beforeAll(async () => {
    neighbours = await createNeighbours(31, ['Anna', 'Bert'], {
      models: new Map([['tiny', fixtureFiles('qwen2-cpu-int4')]]),
      open: async (kind) => {
        await shut
        return kind === 'wasm' ? backend : null
      },
    })
    anna = neighbours.get('Anna')
    bert = neighbours.get('Bert')
    await finish(bert.node.bus.call(sharingSet, { share: true }))
    await finish(bert.node.bus.call(shardOffer, { model: 'tiny', layers: LAYERS }))
  })
  afterAll(() => neighbours.stop())

  it('ends conversations and takes its layers back at once, and is there again by itself (DLM-1, DLM-8)', async () => {
    const heard = () => anna.hosting.directory.nodes().flatMap(({ shards }) => shards.map(({ shard_id }) => shard_id))
    await neighbours.village.until('Anna hears of Bert', () => heard().length === 1)
    const [shard] = bert.hosting.sharing.ready()
    if (!shard) throw new TypeError('nothing is offered')
    const link = () =>
      finish(
        openShardLink({ bus: anna.node.bus, tensors: anna.tensors }, bert.id, shard, { signal: new AbortController().signal }),
      )
    const conversation = await link()
    await finish(conversation.forward(noise()))
    const goOn = backend.hold()
    let open = (): void => undefined
    shut = new Promise((resolve) => (open = resolve))
    const step = conversation.forward(noise())
    const once = anna.node.bus.call(
      shardForward,
      {
        shard_id: shard.shard_id,
        weights_sha256: shard.weights_sha256,
        tokens: 1,
        hidden: toBase64Url(new Uint8Array(WIDTH * 2)),
      },
      { to: bert.id },
    )
    for (const asked of [step, once]) asked.catch(() => undefined)
    await neighbours.village.until('Bert computes', () => backend.waiting > 0)
    bert.compute.kill()
    goOn()
    expect(await finish(conversation.ended)).toMatchObject({ data: { reason: 'withdrawn' } })
    await expect(step).rejects.toMatchObject({ code: 'partition' })
    await expect(finish(once)).rejects.toMatchObject({ code: 'partition' })
    // loading again takes long, and meanwhile nobody is kept waiting
    expect(await finish(anna.node.bus.call(shardList, {}, { to: bert.id }))).toMatchObject({ shards: [] })
    expect(await finish(bert.node.bus.call(sharingGet, {}))).toMatchObject({ offers: [{ state: 'loading', code: null }] })
    await neighbours.village.until('Anna hears that it is gone', () => heard().length === 0)
    open()
    await neighbours.village.until('Anna hears of it again', () => heard().length === 1)
    const again = await link()
    expect(await finish(again.forward(noise()))).toHaveLength(WIDTH)
    again.close()
  })
})
