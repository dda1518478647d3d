import { cureInitChannel } from './dial-fix.ts'
import { IceCandidate, peerConnectionClass, SessionDescription } from './peer-connection.ts'
import { createRtcLink } from './rtc-link.ts'
import { sendWhole } from './whole-messages.ts'

// A dedicated worker has RTCDataChannel and nothing else of WebRTC. libp2p takes the classes from the global scope when it
// is loaded, so a worker imports this module before libp2p; there is one global scope, hence one link.
const link = createRtcLink()
const PeerConnection = peerConnectionClass(link, sendWhole)
cureInitChannel(PeerConnection)
Object.assign(globalThis, {
  RTCPeerConnection: PeerConnection,
  RTCSessionDescription: SessionDescription,
  RTCIceCandidate: IceCandidate,
})

/** Connects the shim to `hostRtc` in the window. What was asked before waits until then. */
export const attachRtcPort = (port: MessagePort): void => link.attach(port)
