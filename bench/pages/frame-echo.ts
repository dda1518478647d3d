import type { NodeId } from '#protocol/core/ids.ts'
import type { FramedStream, Mesh } from '../../workers/kernel/mesh/mesh.ts'

const PROTOCOL = '/hearthnet/bench/echo'
const MAX_BYTES = 65_536

const lines = new Map<NodeId, FramedStream>()

/** Sends back every frame of a plain stream of the mesh. */
export function serveEcho(mesh: Mesh): void {
  mesh.handle({
    protocol: PROTOCOL,
    maxFrameBytes: MAX_BYTES,
    async handle(stream) {
      for await (const frame of stream.frames) await stream.send(frame)
    },
  })
}

const openLine = (mesh: Mesh, peer: NodeId): Promise<FramedStream> => mesh.open(peer, PROTOCOL, { maxFrameBytes: MAX_BYTES })

async function lineTo(mesh: Mesh, peer: NodeId): Promise<FramedStream> {
  const line = lines.get(peer) ?? (await openLine(mesh, peer))
  lines.set(peer, line)
  return line
}

async function roundTrip(stream: FramedStream, frame: Uint8Array<ArrayBuffer>): Promise<void> {
  await stream.send(frame)
  const { done } = await stream.frames[Symbol.asyncIterator]().next()
  if (done) throw new Error('no echo')
}

/** A frame there and back on a stream that stays open, then one on a new stream. @returns milliseconds of each */
export async function echoFrames(
  mesh: Mesh,
  peer: NodeId,
  bytes: number,
): Promise<{ readonly open: number; readonly fresh: number }> {
  const frame = new Uint8Array(bytes).fill(120)
  const line = await lineTo(mesh, peer)
  const started = performance.now()
  await roundTrip(line, frame)
  const between = performance.now()
  const stream = await openLine(mesh, peer)
  await roundTrip(stream, frame)
  const fresh = performance.now() - between
  await stream.close()
  return { open: between - started, fresh }
}
