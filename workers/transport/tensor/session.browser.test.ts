import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import { createRealRuntime } from '../../kernel/real-runtime.ts'
import type { Tensor, TensorSession } from '../../kernel/tensors.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { acceptTensorSession, openTensorSession } from './session.ts'
import { channelPair, channelStream } from './testing/channel-stream.ts'
import { GRANT } from './testing/pair.ts'

const hashOf = async ({ bytes }: Tensor): Promise<string> => toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))

function noise(bytes: number): Tensor {
  const out = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536))
  return { dtype: 'int8', shape: [bytes], bytes: out }
}

async function next(session: TensorSession): Promise<Tensor> {
  const { value } = await session.tensors[Symbol.asyncIterator]().next()
  if (!value) throw new TypeError('nothing came')
  return value
}

let sessions: readonly [TensorSession, TensorSession]
let hangUp = (): void => {}

beforeEach(async () => {
  const runtime = createRealRuntime()
  const [anna, bert] = [(await testSigner(1)).nodeId, (await testSigner(2)).nodeId]
  const { channels, close } = await channelPair()
  hangUp = close
  sessions = await Promise.all([
    openTensorSession({ runtime, self: anna }, channelStream(channels[0], bert), GRANT),
    acceptTensorSession({ runtime, self: bert }, channelStream(channels[1], anna), async () => ({})),
  ])
})
afterEach(() => hangUp())

describe('a session over a WebRTC data channel', () => {
  it('carries 64 MB each way at once, and arrives as it left (TEN-4)', { timeout: 120_000 }, async () => {
    const [there, back] = [noise(64_000_000), noise(64_000_000)]
    const [near, far] = sessions
    const sent = Promise.all([near.send(there), far.send(back)])
    const [atFar, atNear] = await Promise.all([next(far), next(near)])
    await sent
    expect(await hashOf(atFar)).toBe(await hashOf(there))
    expect(await hashOf(atNear)).toBe(await hashOf(back))
    expect(near.stats().sent.compressedFrom).toBe(0)
    await near.close()
    expect(await far.ended).toBeNull()
  })

  it('packs what shrinks, with zstd as this browser loads it (TEN-8)', async () => {
    const tensor: Tensor = { dtype: 'fp32', shape: [1000, 1000], bytes: new Uint8Array(4_000_000).fill(3) }
    const [near, far] = sessions
    const sent = near.send(tensor)
    expect(await hashOf(await next(far))).toBe(await hashOf(tensor))
    await sent
    const { compressedFrom, compressedTo } = far.stats().received
    expect(compressedFrom).toBe(4_000_000)
    expect(compressedTo).toBeLessThan(40_000)
    near.cancel('enough')
  })

  it('lets urgent tensors pass, and stops at once when it is cancelled (TEN-10, TEN-11)', async () => {
    const [near, far] = sessions
    const bulk = near.send(noise(60_000_000)).then(
      () => 'sent',
      () => 'dropped',
    )
    for (let n = 0; n < 20; n++) await near.send(noise(10_000), { urgent: true })
    near.cancel('a person pressed stop')
    expect(await bulk).toBe('dropped')
    expect((await far.ended)?.data).toEqual({ reason: 'a person pressed stop' })
  })

  it('notices a connection that is gone', async () => {
    const [near, far] = sessions
    const sent = near.send(noise(60_000_000)).then(
      () => 'sent',
      () => 'lost',
    )
    hangUp()
    expect(await sent).toBe('lost')
    expect((await far.ended)?.code).toBe('partition')
  })
})
