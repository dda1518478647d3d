import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { webRTC, webRTCDirect } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import type { Transports } from './libp2p-node.ts'

/** libp2p asks public STUN servers unless told that there are none. */
export const RTC_CONFIGURATION = { iceServers: [] }
/** Between browsers; libp2p's own 16 KiB costs a third of the throughput. */
export const DATA_CHANNEL = { maxMessageSize: 64 * 1024 }

/**
 * Streams that a peer may have opened before this side is through with greeting it, which a busy device is late with; libp2p hangs
 * up on those beyond the tenth, and a neighbour that reconnects begins with more.
 */
const MAX_EARLY_STREAMS = 64

/** What a browser can speak: websockets and webrtc-direct to a box, WebRTC to a peer, a box in between. */
export const browserTransports = (): Transports => [
  webSockets(),
  circuitRelayTransport(),
  webRTC({ rtcConfiguration: RTC_CONFIGURATION, dataChannel: DATA_CHANNEL, maxEarlyStreams: MAX_EARLY_STREAMS }),
  webRTCDirect({ rtcConfiguration: RTC_CONFIGURATION }),
]
