import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import { createSeededRuntime, type SeededRuntime } from '../testing/seeded-runtime.ts'
import { testSigner } from '../testing/test-identity.ts'
import type { FramedStream } from './mesh/mesh.ts'
import { createWarmStreams, type WarmStreams } from './warm-streams.ts'

describe('streams kept warm for the next call (BUS-3)', () => {
  let runtime: SeededRuntime
  let peer: NodeId
  let opened: string[]
  let ended: string[]
  let connection: string
  let warm: WarmStreams
  const signal = new AbortController().signal

  beforeEach(async () => {
    runtime = createSeededRuntime(1)
    peer = (await testSigner(1)).nodeId
    opened = []
    ended = []
    connection = 'direct'
    warm = createWarmStreams({ runtime, open, connectionOf: () => connection })
  })

  async function open(to: NodeId): Promise<FramedStream> {
    const name = `${opened.length + 1}`
    opened.push(name)
    const end = (): void => void ended.push(name)
    return {
      peer: to,
      frames: { async *[Symbol.asyncIterator]() {} },
      send: async () => {},
      close: async () => end(),
      abort: end,
    }
  }

  it('gives the next call the stream that was opened with the last, one for each call', async () => {
    const first = await warm.take(peer, signal)
    await runtime.advance(20)
    expect(opened).toEqual(['1', '2'])
    const second = await warm.take(peer, signal)
    expect(second).not.toBe(first)
    await runtime.advance(20)
    expect(opened).toEqual(['1', '2', '3'])
    expect(ended).toEqual([])
  })

  it('closes a spare before the other side hangs up on it', async () => {
    await warm.take(peer, signal)
    await runtime.advance(20)
    await runtime.advance(8000)
    expect(ended).toEqual(['2'])
    await warm.take(peer, signal)
    expect(opened).toContain('3')
  })

  it('takes a new one when the peer is connected in another way by now', async () => {
    connection = 'relayed'
    await warm.take(peer, signal)
    await runtime.advance(20)
    connection = 'direct'
    await warm.take(peer, signal)
    expect(ended).toEqual(['2'])
    expect(opened.slice(0, 3)).toEqual(['1', '2', '3'])
  })

  it('leaves nothing open when it stops', async () => {
    await warm.take(peer, signal)
    await runtime.advance(20)
    warm.stop()
    expect(ended).toEqual(['2'])
  })
})
