import './node-20.ts'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { RTCPeerConnection } from 'node-datachannel/polyfill'
import { DATA_CHANNEL, RTC_CONFIGURATION } from '../kernel/mesh/browser-transports.ts'
import type { Transports } from '../kernel/mesh/libp2p-node.ts'
import { cureInitChannel } from '../rtc/dial-fix.ts'

cureInitChannel(RTCPeerConnection)

/** Where no direct connection comes about: a box's relay, and nothing else. */
export const relayTransports = (): Transports => [webSockets(), circuitRelayTransport()]

/** `browserTransports()` for Node. */
export const nodeTransports = (): Transports => [
  ...relayTransports(),
  webRTC({ rtcConfiguration: RTC_CONFIGURATION, dataChannel: DATA_CHANNEL }),
]
