import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUS_MAX_MESSAGE_BYTES } from '#protocol/core/bus.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createQueue } from '../bus/queue.ts'
import type { FramedStream } from '../mesh/mesh.ts'
import { createFramedLink } from './framed-link.ts'

async function streamOf(
  ...frames: readonly Uint8Array<ArrayBuffer>[]
): Promise<FramedStream & { sent: Uint8Array<ArrayBuffer>[] }> {
  const { nodeId: peer } = await testSigner(1)
  const queue = createQueue<Uint8Array<ArrayBuffer>>()
  for (const frame of frames) queue.push(frame)
  queue.end()
  const sent: Uint8Array<ArrayBuffer>[] = []
  return {
    peer,
    sent,
    frames: queue,
    send: async (frame) => void sent.push(frame),
    close: async () => undefined,
    abort: () => undefined,
  }
}

/** Integers beyond 53 bits are no JSON of ours (ENC-1). */
const onlySafe = (_: string, value: unknown): unknown => (Number.isInteger(value) && !Number.isSafeInteger(value) ? 0 : value)

async function read(...frames: readonly Uint8Array<ArrayBuffer>[]): Promise<JsonValue[]> {
  const messages: JsonValue[] = []
  for await (const message of createFramedLink(await streamOf(...frames)).messages) messages.push(message)
  return messages
}

describe('a link over frames', () => {
  it('gives back every JSON value that was sent (ENC-1)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
        const stream = await streamOf()
        const message: JsonValue = JSON.parse(JSON.stringify(value), onlySafe)
        await createFramedLink(stream).send(message)
        expect(await read(...stream.sent)).toEqual([message])
      }),
    )
  })

  it.each([
    ['JSON nested too deep', utf8('['.repeat(100_000))],
    ['a lone surrogate', utf8('"\\ud800"')],
    ['a frame cut short', utf8('{"capability":"test.ec')],
    ['an empty frame', new Uint8Array()],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a byte order mark', utf8('\uFEFF{}')],
    ['a number that is not finite', utf8('1e999')],
    ['a frame over the limit', new Uint8Array(BUS_MAX_MESSAGE_BYTES + 1).fill(0x20)],
  ])('refuses %s with bad_request (ENC-1, BUS-3)', async (_, frame) => {
    await expect(read(frame)).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('sends nothing over the limit', async () => {
    const stream = await streamOf()
    await expect(createFramedLink(stream).send('x'.repeat(BUS_MAX_MESSAGE_BYTES))).rejects.toMatchObject({
      code: 'bad_request',
    })
    expect(stream.sent).toEqual([])
  })
})
