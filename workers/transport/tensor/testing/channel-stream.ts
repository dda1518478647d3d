import type { NodeId } from '#protocol/core/ids.ts'
import { closedError, createFrameQueue } from '../../../kernel/mesh/frame-queue.ts'
import type { FramedStream } from '../../../kernel/mesh/mesh.ts'

const MESSAGE_BYTES = 65_536
const FULL_BYTES = 1_048_576

/** A data channel as a stream without framing, with nothing of libp2p in between. */
export function channelStream(channel: RTCDataChannel, peer: NodeId): FramedStream {
  const queue = createFrameQueue(() => {})
  let sending: Promise<void> = Promise.resolve()
  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = FULL_BYTES / 2
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => queue.push(new Uint8Array(data))
  channel.onclose = () => queue.end()

  async function write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length; at += MESSAGE_BYTES) {
      if (channel.readyState !== 'open') throw closedError('the channel is closed')
      if (channel.bufferedAmount > FULL_BYTES)
        await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }))
      channel.send(bytes.subarray(at, at + MESSAGE_BYTES))
    }
  }

  return {
    peer,
    frames: queue,
    send(bytes) {
      sending = sending.then(() => write(bytes))
      return sending
    },
    async close() {
      await sending.catch(() => {})
      channel.close()
    },
    abort() {
      queue.fail(closedError('aborted'), true)
      channel.close()
    },
  }
}

/** Two ends of a real connection within this browser, each with one channel open. */
export async function channelPair(): Promise<{ readonly channels: readonly [RTCDataChannel, RTCDataChannel]; close(): void }> {
  const [near, far] = [new RTCPeerConnection({ iceServers: [] }), new RTCPeerConnection({ iceServers: [] })]
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined)
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined)
  const settings = { negotiated: true, id: 1 }
  const channels = [near.createDataChannel('tensor', settings), far.createDataChannel('tensor', settings)] as const
  const open = Promise.all(
    channels.map((channel) => new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))),
  )
  await near.setLocalDescription()
  if (near.localDescription) await far.setRemoteDescription(near.localDescription)
  await far.setLocalDescription()
  if (far.localDescription) await near.setRemoteDescription(far.localDescription)
  await open
  return {
    channels,
    close() {
      near.close()
      far.close()
    },
  }
}
