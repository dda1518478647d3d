import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { fromBase64Url, publicKeyOf, toBase64Url } from '../../../client/encoding.ts'
import { type Ask, type FromPage, type FromSuite, TAKEN } from '../bridge.ts'
import { tellLateListeners } from './late-listeners.ts'
import { createPeerNode, type PeerNode } from './node.ts'

// The suite's peer: libp2p in a page of its own, so that WebRTC is real. It knows no message of the protocol; bytes go
// to and from the suite over one WebSocket.

const OPEN_MS = 10_000
const DIAL_MS = 6_000
/** A node that has just started may not stand at its box yet. */
const DIALS = 4
/** One message of a data channel. */
const CHUNK_BYTES = 16 * 1024
const LIMITS = { maxInboundStreams: 2048, maxOutboundStreams: 2048, runOnLimitedConnection: true }

interface Known {
  readonly node: PeerNode
  readonly boxes: readonly Multiaddr[]
}

tellLateListeners()
const suite = new WebSocket(`${location.origin.replace('http', 'ws')}/bridge`)
const nodes = new Map<string, Known>()
const streams = new Map<string, Stream>()
let incoming = 0

const say = (message: FromPage): void => suite.send(JSON.stringify(message))
const peerIdOf = (nodeId: string) => peerIdFromPublicKey(publicKeyFromRaw(publicKeyOf(nodeId)))

function known(node: string): Known {
  const found = nodes.get(node)
  if (!found) throw new Error(`no node ${node}`)
  return found
}

function streamOf(id: string): Stream {
  const found = streams.get(id)
  if (!found) throw new Error('the stream is closed')
  return found
}

function attach(id: string, stream: Stream): void {
  streams.set(id, stream)
  let ended = false
  const end = (how: 'end' | 'reset'): void => {
    if (ended) return
    ended = true
    say({ kind: 'ended', stream: id, how })
  }
  stream.addEventListener('message', ({ data }) => say({ kind: 'bytes', stream: id, bytes: toBase64Url(data.subarray()) }))
  stream.addEventListener('end', () => queueMicrotask(() => end(stream.status === 'reset' ? 'reset' : 'end')))
  stream.addEventListener('close', ({ error }) => {
    streams.delete(id)
    end(error ? 'reset' : 'end')
  })
}

/** Waits until a full sender may go on; libp2p tells by an event. */
function drained(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = ({ type }: Event): void => {
      stream.removeEventListener('drain', settle)
      stream.removeEventListener('close', settle)
      if (type === 'drain') resolve()
      else reject(new Error('the stream closed while sending'))
    }
    stream.addEventListener('drain', settle)
    stream.addEventListener('close', settle)
  })
}

async function write(stream: Stream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (stream.writeStatus !== 'writable') throw new Error('the stream is closed')
    const more = stream.send(bytes.slice(at, at + CHUNK_BYTES))
    // read anew: sending may have closed it
    if (!more && (stream.writeStatus as string) === 'writable') await drained(stream)
  }
}

async function create(ask: Extract<Ask, { op: 'create' }>): Promise<string> {
  const node = await createPeerNode(fromBase64Url(ask.seed))
  const boxes = ask.boxes.map((address) => multiaddr(address))
  nodes.set(ask.node, { node, boxes })
  for (const protocol of TAKEN) {
    await node.handle(
      protocol,
      (stream) => {
        const id = `in-${++incoming}`
        attach(id, stream)
        say({ kind: 'incoming', node: ask.node, protocol, stream: id })
      },
      LIMITS,
    )
  }
  node.services.pubsub.addEventListener('message', ({ detail }) => {
    say({ kind: 'gossip', node: ask.node, bytes: toBase64Url(detail.data) })
  })
  return node.peerId.toString()
}

const isDirect = (connection: Connection): boolean =>
  connection.remoteAddr.getComponents().some(({ name }) => name === 'webrtc')

const best = (node: PeerNode, peer: string): Connection | undefined => {
  const open = node.getConnections(peerIdOf(peer)).filter(({ status }) => status === 'open')
  return open.find(isDirect) ?? open[0]
}

const atBoxes = ({ node, boxes }: Known): readonly Connection[] => {
  const ids = new Set(boxes.map((box) => box.getComponents().findLast(({ name }) => name === 'p2p')?.value))
  return node.getConnections().filter(({ remotePeer }) => ids.has(remotePeer.toString()))
}

/** Over WebRTC, introduced by a box. */
async function dial({ node, boxes }: Known, peer: string): Promise<void> {
  const to = peerIdOf(peer).toString()
  const addresses = boxes.map((box) => multiaddr(`${box.toString()}/p2p-circuit/webrtc/p2p/${to}`))
  for (let left = DIALS; ; left--) {
    try {
      // what is left of an earlier connection must not be dialled through
      await Promise.all(node.getConnections(peerIdOf(peer)).map((connection) => connection.abort(new Error('dialled anew'))))
      await node.dial(addresses, { signal: AbortSignal.timeout(DIAL_MS), force: true })
      if (best(node, peer) === undefined) throw new Error('the connection was closed again')
      return
    } catch (failure) {
      if (left <= 1) throw failure
    }
  }
}

async function open(ask: Extract<Ask, { op: 'open' }>): Promise<void> {
  const { node, boxes } = known(ask.node)
  const late = AbortSignal.timeout(OPEN_MS)
  const connection = ask.peer === 'box' ? await node.dial([...boxes], { signal: late }) : best(node, ask.peer)
  if (!connection) throw new Error('not connected')
  // whoever has been hung up on learns it when the connection ends, not when the time is over
  const gone = new AbortController()
  const end = (): void => gone.abort(new Error('the connection is gone'))
  connection.addEventListener('close', end)
  try {
    const signal = AbortSignal.any([late, gone.signal])
    attach(ask.stream, await connection.newStream(ask.protocol, { ...LIMITS, signal }))
  } finally {
    connection.removeEventListener('close', end)
  }
}

async function run(ask: Ask): Promise<string | boolean | null> {
  switch (ask.op) {
    case 'create':
      return create(ask)
    case 'dial':
      await dial(known(ask.node), ask.peer)
      return null
    case 'open':
      await open(ask)
      return null
    case 'write':
      await write(streamOf(ask.stream), fromBase64Url(ask.bytes))
      return null
    case 'end':
      await streamOf(ask.stream).close({ signal: AbortSignal.timeout(OPEN_MS) })
      return null
    case 'abort':
      streams.get(ask.stream)?.abort(new Error('the suite hangs up'))
      return null
    case 'subscribe':
      known(ask.node).node.services.pubsub.subscribe(ask.topic)
      return null
    case 'publish':
      await known(ask.node).node.services.pubsub.publish(ask.topic, fromBase64Url(ask.bytes))
      return null
    case 'connected':
      return best(known(ask.node).node, ask.peer) !== undefined
    case 'hang-up':
      await known(ask.node).node.hangUp(peerIdOf(ask.peer))
      return null
    case 'leave-boxes':
      await Promise.all(atBoxes(known(ask.node)).map((connection) => connection.close().catch(() => undefined)))
      return null
    case 'stop':
      await known(ask.node).node.stop()
      nodes.delete(ask.node)
      return null
  }
}

suite.addEventListener('message', ({ data }: MessageEvent<string>) => {
  const ask: FromSuite = JSON.parse(data)
  run(ask).then(
    (value) => say({ kind: 'done', id: ask.id, value }),
    (failure: unknown) => {
      const { name, message } = failure instanceof Error ? failure : new Error(String(failure))
      say({ kind: 'failed', id: ask.id, name, message })
    },
  )
})
