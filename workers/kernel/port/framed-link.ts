import { BUS_MAX_MESSAGE_BYTES } from '#protocol/core/bus.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type JsonValue, parseJson } from '#protocol/core/json.ts'
import type { MessageLink } from '../bus/bus.ts'
import type { FramedStream } from '../mesh/mesh.ts'

async function* parsed(frames: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<JsonValue, void> {
  for await (const frame of frames) {
    if (frame.length > BUS_MAX_MESSAGE_BYTES) throw new HearthError('bad_request', 'message over the limit')
    yield parseJson(frame)
  }
}

/** One bus call over a stream of the mesh: a frame is one JSON text of at most 4 MiB (BUS-3). */
export function createFramedLink(stream: FramedStream): MessageLink {
  return {
    messages: parsed(stream.frames),
    async send(message) {
      const frame = utf8(JSON.stringify(message))
      if (frame.length > BUS_MAX_MESSAGE_BYTES) throw new HearthError('bad_request', 'message over the limit')
      await stream.send(frame)
    },
    close: () => stream.close(),
    abort: () => stream.abort(),
  }
}
