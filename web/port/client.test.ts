import { describe, expect, it } from 'vitest'
import { communityGet } from '#protocol/community/capabilities.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { eventsWatch } from '#protocol/events/capabilities.ts'
import type { PortMessage } from '../../workers/port.ts'
import { createNodeClient, type NodeClient } from './client.ts'

/** A node that is played by the test: it sees what the client posts and answers by hand. */
function playNode(): {
  client: NodeClient
  posted: PortMessage[]
  until: (count: number) => Promise<void>
  answer: (message: JsonValue) => void
  end: () => void
} {
  const { port1, port2 } = new MessageChannel()
  const posted: PortMessage[] = []
  port2.addEventListener('message', ({ data }) => posted.push(data))
  port2.start()
  const callId = (): string => posted.findLast((message) => message.kind === 'open')?.call ?? ''
  return {
    client: createNodeClient(port1),
    posted,
    until: async (count) => {
      while (posted.length < count) await new Promise((resolve) => setImmediate(resolve))
    },
    answer: (message) => port2.postMessage({ kind: 'message', call: callId(), message }),
    end: () => port2.postMessage({ kind: 'end', call: callId() }),
  }
}

const REQUEST_ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

describe('the client of a node', () => {
  it('asks as the bus wants to be asked and gives back the output (BUS-3, BUS-4)', async () => {
    const { client, posted, until, answer } = playNode()
    const asked = client.call(communityGet, {})
    await until(1)
    expect(posted[0]).toMatchObject({
      kind: 'open',
      message: { capability: communityGet.name, version: communityGet.version, body: { params: {}, input: {} } },
    })
    answer({ request_id: REQUEST_ID, output: { community: null }, meta: { ms: 1 } })
    expect(await asked).toEqual({ community: null })
    await until(2)
    expect(posted[1]).toMatchObject({ kind: 'end' })
  })

  it('fails with the error of the node, with partition when the node ends the call or is gone', async () => {
    const { client, until, answer, end } = playNode()
    const refused = client.call(communityGet, {})
    await until(1)
    answer({ request_id: REQUEST_ID, error: { code: 'rate_limited', message: 'slow down', retry_after_ms: 5 } })
    await expect(refused).rejects.toMatchObject({ name: 'HearthError', code: 'rate_limited', retryAfterMs: 5 })
    const ended = client.call(communityGet, {})
    await until(3)
    end()
    await expect(ended).rejects.toMatchObject({ code: 'partition' })
    const orphaned = client.call(communityGet, {})
    client.close()
    await expect(orphaned).rejects.toMatchObject({ code: 'partition' })
    await expect(client.call(communityGet, {})).rejects.toMatchObject({ code: 'partition' })
  })

  it('cancels what its signal aborts', async () => {
    const { client, posted, until } = playNode()
    const stop = new AbortController()
    const asked = client.call(communityGet, {}, { signal: stop.signal })
    await until(1)
    stop.abort(new RangeError('left the page'))
    await expect(asked).rejects.toThrow('left the page')
    await until(3)
    expect(posted.slice(1)).toMatchObject([{ kind: 'message', message: { type: 'cancel' } }, { kind: 'end' }])
  })

  it('acknowledges frames as they are read, and says when the reader leaves (BUS-4)', async () => {
    const { client, posted, until, answer } = playNode()
    const frames = client.stream(eventsWatch, {})
    const first = frames.next()
    await until(1)
    for (let seq = 0; seq < 9; seq++) answer({ event: 'data', data: { types: [`t${seq}`] }, seq })
    expect((await first).value).toEqual({ types: ['t0'] })
    for (let n = 1; n < 9; n++) await frames.next()
    await until(2)
    expect(posted[1]).toMatchObject({ kind: 'message', message: { type: 'ack', upto: 7 } })
    await frames.return({})
    await until(3)
    expect(posted[2]).toMatchObject({ kind: 'end' })
  })

  it('ends a stream with its output or its error, also one that was refused before it began', async () => {
    const { client, until, answer } = playNode()
    const done = client.stream(eventsWatch, {}).next()
    await until(1)
    answer({ event: 'done', data: {}, seq: 0 })
    expect(await done).toEqual({ done: true, value: {} })
    const broken = client.stream(eventsWatch, {}).next()
    await until(3)
    answer({ event: 'error', data: { code: 'timeout', message: 'late' }, seq: 0 })
    await expect(broken).rejects.toMatchObject({ code: 'timeout' })
    const refused = client.stream(eventsWatch, {}).next()
    await until(5)
    answer({ request_id: REQUEST_ID, error: { code: 'capacity_exceeded', message: 'full' } })
    await expect(refused).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })
})
