import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Output } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_HANDED_PURPOSE, DISTRIBUTED_LLM_SHARD_PURPOSE } from '#protocol/distributed-inference/constants.ts'
import {
  shardConnect,
  shardHandOn,
  shardList,
  shardOffer,
  sharingSet,
} from '#protocol/distributed-inference/shard-capabilities.ts'
import { fixtureFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { createNeighbours, type Neighbour, type Neighbours } from './testing/neighbours.ts'

const MODEL = 'tiny'
type Granted = Output<typeof shardConnect>

/** Bert has the lower layers, Cleo the upper ones; Anna asks; Dora is a member only. */
describe('who may hand steps on to whom (DLM-5, DLM-11)', () => {
  let neighbours: Neighbours
  let anna: Neighbour
  let bert: Neighbour
  let cleo: Neighbour
  let dora: Neighbour
  const finish = <T>(task: Promise<T>): Promise<T> => neighbours.finish(task)

  beforeAll(async () => {
    const backend = ortInNode()
    neighbours = await createNeighbours(27, ['Anna', 'Bert', 'Cleo', 'Dora'], {
      members: ['Dora'],
      models: new Map([[MODEL, fixtureFiles('qwen2-cpu-int4')]]),
      open: async (kind) => (kind === 'wasm' ? backend : null),
    })
    anna = neighbours.get('Anna')
    bert = neighbours.get('Bert')
    cleo = neighbours.get('Cleo')
    dora = neighbours.get('Dora')
    neighbours.village.network.setLatency(7)
    for (const [who, from] of [[bert, 0] as const, [cleo, 4] as const]) {
      await finish(who.node.bus.call(shardOffer, { model: MODEL, layers: { from, to: from + 3 } }))
      await finish(who.node.bus.call(sharingSet, { share: true }))
      await finish(who.hosting.sharing.beat())
    }
    const heard = () => anna.hosting.directory.nodes().filter(({ shards }) => shards.length > 0)
    await neighbours.village.until('Anna knows both', () => heard().length === 2)
  })
  afterAll(() => neighbours.stop())

  async function connect(to: Neighbour, handedBy?: NodeId): Promise<Granted> {
    // the bus takes ten such calls a second of one peer
    await neighbours.village.runtime.advance(200)
    const [offered] = to.hosting.sharing.ready()
    if (!offered) throw new TypeError('nothing is offered')
    const { shard_id, weights_sha256 } = offered
    const input = { shard_id, weights_sha256, ...(handedBy && { handed_by: handedBy }) }
    return finish(anna.node.bus.call(shardConnect, input, { to: to.id }))
  }

  /** Anna's conversation with a shard. */
  async function open(to: Neighbour, { session_id, session_token, dtype }: Granted) {
    const grant = { session_id: parseUlid(session_id), session_token, purpose: DISTRIBUTED_LLM_SHARD_PURPOSE }
    return finish(anna.tensors.connect(to.id, grant, { compression: 'none', preferredDtype: dtype }))
  }
  const handOn = (
    by: Neighbour,
    session_id: Granted['session_id'],
    next: { node_id: NodeId } & NonNullable<Granted['handed']>,
  ) => finish(by.node.bus.call(shardHandOn, { session_id, next }, { to: bert.id }))
  const given = ({ handed }: Granted): NonNullable<Granted['handed']> => {
    if (!handed) throw new TypeError('nothing was granted')
    return handed
  }

  it('is told by the shards themselves: whom they reach, and how far that is', async () => {
    const reach = async () => (await finish(anna.node.bus.call(shardList, {}, { to: bert.id }))).reach
    await neighbours.village.until('Bert has measured it', async () => (await reach())?.[0]?.latency_ms === 14)
    expect(await reach()).toEqual([{ node_id: cleo.id, latency_ms: 14 }])
  })

  it('grants a session to the one who was named, and to nobody else', async () => {
    const handed = given(await connect(cleo, bert.id))
    const grant = { ...handed, session_id: parseUlid(handed.session_id), purpose: DISTRIBUTED_LLM_HANDED_PURPOSE }
    for (const thief of [anna, dora])
      await expect(finish(thief.tensors.connect(cleo.id, grant))).rejects.toMatchObject({ code: 'unauthorized' })
    const otherwise = { ...grant, purpose: DISTRIBUTED_LLM_SHARD_PURPOSE }
    await expect(finish(bert.tensors.connect(cleo.id, otherwise))).rejects.toMatchObject({ code: 'unauthorized' })
    const other = given(await connect(cleo, bert.id))
    const mixed = { ...grant, session_token: other.session_token }
    await expect(finish(bert.tensors.connect(cleo.id, mixed))).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('takes nothing from who is not trusted, and from who asks only by the one way', async () => {
    expect(await connect(cleo, dora.id)).not.toHaveProperty('handed')
    expect(await connect(cleo, anna.id)).not.toHaveProperty('handed')
    expect(await connect(cleo)).not.toHaveProperty('handed')
  })

  it('hands nothing to who is not trusted, and nothing of the conversation of another', async () => {
    const [lower, upper] = [await connect(bert), await connect(cleo, bert.id)]
    const next = { node_id: cleo.id, ...given(upper) }
    await expect(handOn(anna, lower.session_id, next)).rejects.toMatchObject({ code: 'not_found' })
    const session = await open(bert, lower)
    await expect(handOn(cleo, lower.session_id, next)).rejects.toMatchObject({ code: 'not_found' })
    await expect(handOn(anna, lower.session_id, { ...next, node_id: dora.id })).rejects.toMatchObject({ code: 'unauthorized' })
    const wrong = { ...next, session_token: lower.session_token }
    await expect(handOn(anna, lower.session_id, wrong)).rejects.toMatchObject({ code: 'shard_unreachable' })
    session.cancel('enough')
  })

  it('hands on once and from the beginning, and both ends of it go with the conversation (DLM-10)', async () => {
    const [lower, upper] = [await connect(bert), await connect(cleo, bert.id)]
    const sessions = [await open(bert, lower), await open(cleo, upper)]
    const next = { node_id: cleo.id, ...given(upper) }
    await handOn(anna, lower.session_id, next)
    const handed = (who: Neighbour) =>
      who.tensors.sessions().filter(({ hello }) => hello.purpose === DISTRIBUTED_LLM_HANDED_PURPOSE).length
    expect([handed(bert), handed(cleo)]).toEqual([1, 1])
    await expect(handOn(anna, lower.session_id, next)).rejects.toMatchObject({ code: 'shard_unreachable' })
    for (const session of sessions) session.cancel('enough')
    await neighbours.village.runtime.advance(100)
    expect([handed(bert), handed(cleo)]).toEqual([0, 0])
  })
})
