import '../testing/node-20.ts'
import { RTCPeerConnection as RealPeerConnection } from 'node-datachannel/polyfill'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hostRtc } from './host.ts'
import { type PeerConnectionClass, peerConnectionClass, type WorkerPeerConnection } from './peer-connection.ts'
import type { PendingDataChannel } from './pending-channel.ts'
import { createRtcLink } from './rtc-link.ts'

// Node has no transferable channels, so these are the tests of the bridge; the transfer runs in real browsers only.

const hosts: { close(): void; ports: MessagePort[] }[] = []
const real = { connections: [] as { readonly connectionState: string }[] }

function pretendWindow(): PeerConnectionClass {
  const { port1, port2 } = new MessageChannel()
  const link = createRtcLink()
  link.attach(port2)
  hosts.push({ ...hostRtc(port1), ports: [port1, port2] })
  return peerConnectionClass(link)
}

const eventOf = <T extends Event>(target: EventTarget, type: string): Promise<T> =>
  new Promise((resolve) => target.addEventListener(type, (event) => resolve(event as T), { once: true })) // the caller names the event

/** Candidates that come before the description they belong to wait for it, as a signalling channel would let them. */
async function handshake(a: WorkerPeerConnection, b: WorkerPeerConnection): Promise<void> {
  const described = Promise.withResolvers<void>()
  const pairs = [
    [a, b],
    [b, a],
  ] as const
  for (const [from, to] of pairs) {
    from.addEventListener('icecandidate', (event) => {
      const candidate = 'candidate' in event ? (event.candidate as { candidate: string } | null) : null // set by the shim
      if (candidate?.candidate) void described.promise.then(() => to.addIceCandidate(candidate))
    })
  }
  const offer = await a.createOffer()
  await a.setLocalDescription(offer)
  await b.setRemoteDescription(offer)
  const answer = await b.createAnswer()
  await b.setLocalDescription(answer)
  await a.setRemoteDescription(answer)
  described.resolve()
}

describe('RTCPeerConnection in a worker, bridged', { timeout: 20_000 }, () => {
  beforeEach(() => {
    class Recorded extends RealPeerConnection {
      constructor(config?: RTCConfiguration) {
        super(config)
        real.connections.push(this)
      }
    }
    vi.stubGlobal('RTCPeerConnection', Recorded)
  })
  afterEach(() => {
    for (const { close, ports } of hosts.splice(0)) {
      close()
      for (const port of ports) port.close()
    }
    real.connections.length = 0
    vi.unstubAllGlobals()
  })

  async function connected() {
    const Connection = pretendWindow()
    const a = new Connection({ iceServers: [] })
    const b = new (pretendWindow())({ iceServers: [] })
    const near = a.createDataChannel('test')
    near.binaryType = 'arraybuffer'
    const opened = eventOf(near, 'open')
    const arrived = eventOf<Event & { channel: PendingDataChannel }>(b, 'datachannel')
    await handshake(a, b)
    const { channel: far } = await arrived
    await opened
    return { a, b, near, far }
  }

  it('connects, mirrors its states and carries messages in order', async () => {
    const { a, b, near, far } = await connected()
    expect([a.connectionState, b.signalingState, near.readyState, far.label]).toEqual(['connected', 'stable', 'open', 'test'])
    const got: number[] = []
    far.addEventListener('message', (event) => {
      if (event instanceof MessageEvent) got.push(new Uint8Array(event.data)[0] ?? -1)
    })
    for (let i = 0; i < 100; i++) near.send(Uint8Array.of(i))
    await vi.waitFor(() => expect(got).toHaveLength(100))
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('counts what is on its way to the window as buffered, and tells when it is low', async () => {
    const { near } = await connected()
    const low = eventOf(near, 'bufferedamountlow')
    near.send(new Uint8Array(60_000))
    expect(near.bufferedAmount).toBeGreaterThanOrEqual(60_000)
    await low
    expect(near.bufferedAmount).toBe(0)
  })

  it('closes the window half with the worker half, and all of it when the worker is gone', async () => {
    const { a, far } = await connected()
    const closed = eventOf(far, 'close')
    a.close()
    expect(() => a.createDataChannel('late')).toThrow('closed')
    await closed
    hosts[1]?.close()
    expect(real.connections.map(({ connectionState }) => connectionState)).toEqual(['closed', 'closed'])
  })

  it('tells a channel that its connection ended before it arrived', async () => {
    const pc = new (pretendWindow())()
    const channel = pc.createDataChannel('early')
    const closed = eventOf(channel, 'close')
    expect(() => channel.send(new Uint8Array(1))).toThrow('connecting')
    pc.close()
    await closed
    expect(channel.readyState).toBe('closed')
  })

  it('passes on what the window refuses, with its name', async () => {
    const pc = new (pretendWindow())()
    await expect(pc.addIceCandidate({ candidate: 'nonsense', sdpMid: '0' })).rejects.toBeInstanceOf(DOMException)
    pc.close()
    await expect(pc.createOffer()).rejects.toMatchObject({ name: 'InvalidStateError' })
  })
})
