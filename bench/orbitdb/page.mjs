// The other side of the measurement: OrbitDB as its documentation sets it up in a browser, over the same box and WebRTC.
// No types and no check: its packages are there only for whoever measures.
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createOrbitDB } from '@orbitdb/core'
import { createHelia } from 'helia'
import { createLibp2p } from 'libp2p'

let libp2p
let orbitdb
let database

/** @param {string} box multiaddr */
async function start(box) {
  libp2p = await createLibp2p({
    addresses: { listen: ['/p2p-circuit', '/webrtc'] },
    transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) },
  })
  const ipfs = await createHelia({ libp2p, routers: [] })
  orbitdb = await createOrbitDB({ ipfs })
  await libp2p.dial(multiaddr(box))
  return libp2p.peerId.toString()
}

/** An events database that holds these JSON texts as values. @returns its address and the milliseconds it took */
async function fill(texts) {
  database = await orbitdb.open('claims', { type: 'events' })
  const started = performance.now()
  for (const text of texts) await database.add(JSON.parse(text))
  return { address: database.address, ms: performance.now() - started }
}

/** Where it can be dialled for WebRTC. */
const addresses = () => libp2p.getMultiaddrs().map(String)

async function dial(address) {
  const connection = await libp2p.dial(multiaddr(address))
  return connection.remoteAddr.toString()
}

/** From opening the address until all entries are there. @returns milliseconds */
async function catchUp(address, count) {
  const started = performance.now()
  database = await orbitdb.open(address)
  const held = async () => {
    let entries = 0
    for await (const _ of database.log.iterator()) entries++
    return entries
  }
  await new Promise((resolve, reject) => {
    const look = () => held().then((entries) => entries >= count && resolve(undefined), reject)
    database.events.on('update', look)
    database.events.on('join', look)
    database.events.on('error', reject)
  })
  return performance.now() - started
}

globalThis.orbit = { start, fill, addresses, dial, catchUp }
document.title = 'ready'
