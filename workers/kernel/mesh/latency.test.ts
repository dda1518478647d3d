import type { Connection } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createLatency } from './latency.ts'
import type { MeshNode } from './libp2p-node.ts'

/** A connection over which pings go out and nothing comes back. */
function mute() {
  const runtime = createSeededRuntime(5)
  const ended: Error[] = []
  const stream = { send: () => true, abort: () => undefined, addEventListener: () => undefined }
  // what `probe` uses of a connection, and a node that is not asked
  const connection = { status: 'open', newStream: async () => stream, abort: (error: Error) => ended.push(error) }
  const latency = createLatency({ runtime, node: {} as unknown as MeshNode })
  return { runtime, ended, latency, connection: connection as unknown as Connection }
}

describe('whether the other side is still there (TRA-4)', () => {
  it('is doubted after two pings without an answer, and the connection ends', async () => {
    const { runtime, ended, latency, connection } = mute()
    const probing = latency.probe(connection)
    await runtime.advance(10_000)
    await probing
    expect(ended.map(({ message }) => message)).toEqual(['no answer to two pings'])
  })

  it('is not doubted while anything else comes from there: who is sent bulk answers late', async () => {
    const { runtime, ended, latency, connection } = mute()
    const probing = latency.probe(connection)
    for (let second = 0; second < 10; second++) {
      await runtime.advance(1_000)
      latency.heard(connection)
    }
    await probing
    expect(ended).toEqual([])
    // and once nothing comes any more, it is
    const again = latency.probe(connection)
    await runtime.advance(10_000)
    await again
    expect(ended).toHaveLength(1)
  })
})
