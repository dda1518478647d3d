import { StreamControlSchema } from '#protocol/core/bus.ts'
import { serves } from '#protocol/core/capability.ts'
import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonObject, JsonValue } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { manifestExchange, nodeEcho } from '#protocol/node/capabilities.ts'
import { NonsenseAnswer } from '../../../../workers/kernel/bus/client.ts'
import { createFrameDecoder, encodeLength } from '../../../../workers/kernel/mesh/frame-decoder.ts'
import type { Proofs } from '../proof.ts'
import { people } from '../seeded.ts'
import { admissionOf, anyOutput, anyStream, ask, callerHearing, manifestsAt } from './node.ts'
import { flowOf, placesOf } from './serving.ts'

/** The code a caller was told by its peer; nonsense is thrown on. */
function toldCode(error: unknown): string {
  if (error instanceof HearthError && !(error instanceof NonsenseAnswer)) return error.code
  throw error
}

export const proofs = {
  'frame.length'({ length, limit }: { length: number; limit: number }) {
    const hex = toHex(encodeLength(length))
    createFrameDecoder(limit).push(fromHex(hex))
    return { hex }
  },
  'frame.decode'({ limit, chunks }: { limit: number; chunks: readonly string[] }) {
    const decoder = createFrameDecoder(limit)
    const frames = chunks.flatMap((chunk) => decoder.push(fromHex(chunk)))
    return { frames: frames.map(toHex), open: decoder.midFrame }
  },
  async 'bus.admit'({ peer, request }: { peer: NodeId; request: unknown }) {
    const admission = await admissionOf()
    return { served: (await admission.peer(request, peer)) !== null }
  },
  async 'bus.answer'({ request_id, message }: { request_id: string; message: JsonValue }) {
    const { client, call } = await callerHearing([message], request_id)
    try {
      await client.call({ ...call, capability: anyOutput })
      return { kind: 'output' }
    } catch (error) {
      return { kind: 'error', code: toldCode(error) }
    }
  },
  async 'bus.stream'({ frames }: { frames: readonly JsonValue[] }) {
    const { client, call } = await callerHearing(frames)
    const stream = client.stream({ ...call, capability: anyStream })
    let data = 0
    try {
      while (!(await stream.next()).done) data++
      return { data, end: 'done' }
    } catch (error) {
      return { data, end: toldCode(error) }
    }
  },
  'bus.flow': flowOf,
  'bus.places': placesOf,
  'bus.control'({ message }: { message: unknown }) {
    parseAs(StreamControlSchema, message, 'bad_request')
    return {}
  },
  'bus.serves': ({ offered, wanted }: { offered: string; wanted: string }) => ({ serves: serves(offered, wanted) }),
  'bus.schema_hash'({ descriptor }: { descriptor: JsonObject }) {
    const { name, version, request_schema, response_schema, stream_schema } = descriptor
    return { schema_hash: contentIdOf({ name, version, request_schema, response_schema, stream_schema }) }
  },
  async 'bus.manifest'({ peer, now, manifest }: { peer: NodeId; now: string; manifest: JsonObject }) {
    const { anna } = await people()
    const { bus, manifests } = await manifestsAt(now)
    try {
      const output = await ask(bus, peer, {
        capability: manifestExchange.name,
        version: manifestExchange.version,
        request_id: '0'.repeat(26),
        from: peer,
        community: anna.nodeId,
        timestamp: now,
        body: { params: {}, input: { manifest } },
      })
      const own: { issued_at: string; expires_at: string } = Reflect.get(Object(output), 'manifest')
      const life_seconds = (Date.parse(own.expires_at) - Date.parse(own.issued_at)) / 1000
      return { provides: manifests.providers(nodeEcho).length > 0, life_seconds }
    } finally {
      manifests.stop()
    }
  },
} satisfies Proofs
