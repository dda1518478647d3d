import { beforeEach, describe, expect, it } from 'vitest'
import type { HearthError } from '#protocol/core/errors.ts'
import { createRealRuntime } from '../kernel/real-runtime.ts'
import { nextTurn } from '../testing/next-turn.ts'
import type { Backend } from './engine/backend.ts'
import { ALIVE, type ChatRequest } from './port.ts'
import { type ClientInNode, computeInNode } from './testing/client-in-node.ts'
import { fixtureFiles } from './testing/folder.ts'
import { ortInNode } from './testing/ort-node.ts'
import { GREEDY } from './text/sampler.ts'
import { deathOf } from './worker-line.ts'

const REQUEST: ChatRequest = {
  model: 'tiny',
  messages: [{ role: 'user', content: 'Wo ist Wasser?' }],
  sampling: GREEDY,
  maxTokens: 6,
  stops: [],
}
const LAYERS = { first: 0, end: 3 }
const never = (): AbortSignal => new AbortController().signal

describe('a compute worker that dies', () => {
  let inNode: ClientInNode
  let reasons: HearthError[]
  let backend: Backend | null
  beforeEach(() => {
    backend = ortInNode()
    reasons = []
    inNode = computeInNode({
      models: new Map([['tiny', fixtureFiles('qwen2-cpu-int4')]]),
      runtime: createRealRuntime(),
      open: async (kind) => (kind === 'wasm' ? backend : null),
    })
    inNode.client.lost.on((reason) => reasons.push(reason))
  })

  it('fails whatever waits for it, is told of once, and holds nothing any more', async () => {
    const { client } = inNode
    await client.load('tiny', LAYERS, true)
    const waiting = [client.describe('tiny'), client.load('tiny', { first: 3, end: 8 }), client.models()]
    const nothing = [client.shards(), client.unload('tiny', LAYERS), client.drop('tiny'), client.setBudget(9e8)]
    inNode.kill()
    for (const asked of waiting) await expect(asked).rejects.toMatchObject({ code: 'partition' })
    expect(await Promise.all(nothing)).toEqual([{ backend: null, shards: [] }, undefined, undefined, undefined])
    expect(reasons).toMatchObject([{ code: 'partition' }])
    expect(await client.shards()).toEqual({ backend: null, shards: [] })
    client.close()
    expect(reasons).toHaveLength(1)
  })

  it('leaves its place to a fresh one, with the memory that is set aside', async () => {
    const { client } = inNode
    await client.setBudget(8e8)
    await client.load('tiny', LAYERS, true)
    inNode.kill()
    await nextTurn()
    expect(await client.load('tiny', LAYERS, true)).toMatchObject({ model: 'tiny', ...LAYERS })
    expect(inNode.status()).toMatchObject({ budgetBytes: 8e8, shards: [{ model: 'tiny' }] })
    const answer = client.chat('one', REQUEST, never())
    inNode.kill()
    await nextTurn()
    for (let next = await answer.next(); !next.done; ) next = await answer.next()
    client.close()
  })

  it('ends the answer under way, and answers the next one', async () => {
    const { client } = inNode
    const answer = client.chat('one', { ...REQUEST, maxTokens: 400 }, never())
    await answer.next()
    inNode.kill()
    const rest = async () => {
      for (let next = await answer.next(); !next.done; ) next = await answer.next()
    }
    await expect(rest()).rejects.toMatchObject({ code: 'partition' })
    const again = client.chat('two', REQUEST, never())
    expect((await again.next()).done).toBe(false)
    await again.return({ reason: 'stop', tokens: 0, promptTokens: 0, firstTokenMs: 0, tokensPerSecond: 0, backend: 'wasm' })
    client.close()
  })
})

describe('what tells that a worker is no more', () => {
  /** Locks are given in the order in which they are asked for. */
  function createLife() {
    const worker = new EventTarget()
    const asked: string[] = []
    let gone = (): void => undefined
    const request = async (name: string, granted: () => void): Promise<void> => {
      asked.push(name)
      gone = granted
    }
    // the one form of it that is used
    const locks = { request } as unknown as Pick<LockManager, 'request'>
    const died = deathOf(worker as unknown as Worker, 'life', locks)
    const say = (data: unknown) => worker.dispatchEvent(new MessageEvent('message', { data }))
    const fail = (message: string) => worker.dispatchEvent(Object.assign(new Event('error'), { message }))
    return { asked, died, say, fail, gone: () => gone() }
  }
  const settled = (died: Promise<HearthError>) => Promise.race([died, nextTurn().then(() => 'lives')])

  it('is its lock, from when it holds it', async () => {
    const { asked, died, say, gone } = createLife()
    say({ id: 'an answer' })
    expect(asked).toEqual([])
    say(ALIVE)
    say(ALIVE)
    expect(asked).toEqual(['life'])
    expect(await settled(died)).toBe('lives')
    gone()
    expect(await settled(died)).toMatchObject({ code: 'partition' })
  })

  it('is an error where it cannot be loaded, and none of those that it reports later', async () => {
    const early = createLife()
    early.fail('no such file')
    expect(await settled(early.died)).toMatchObject({ code: 'internal_error', message: 'no such file' })
    const late = createLife()
    late.say(ALIVE)
    late.fail('a bug in there')
    expect(await settled(late.died)).toBe('lives')
  })
})
