// What passes between the worker that runs libp2p and the window that has RTCPeerConnection. No DOM types: a worker's
// library knows RTCDataChannel only, so the rest is declared as narrowly as it is used.

export interface Description {
  readonly type: 'answer' | 'offer' | 'pranswer' | 'rollback'
  readonly sdp: string
}

export interface Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null
}

export interface IceServer {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}

/** Certificates stay in the window; the worker holds their numbers. */
export interface Configuration {
  readonly iceServers?: IceServer[]
  readonly iceTransportPolicy?: 'all' | 'relay'
  readonly certificates?: readonly number[]
}

export interface ChannelInit {
  readonly ordered?: boolean
  readonly negotiated?: boolean
  readonly id?: number
  readonly protocol?: string
  readonly maxRetransmits?: number
  readonly maxPacketLifeTime?: number
}

export interface Fingerprint {
  readonly algorithm?: string
  readonly value?: string
}

/** The attributes of a peer connection that scripts read at any time, mirrored with every change. */
export interface ConnectionState {
  readonly connectionState: 'closed' | 'connected' | 'connecting' | 'disconnected' | 'failed' | 'new'
  readonly iceConnectionState: 'checking' | 'closed' | 'completed' | 'connected' | 'disconnected' | 'failed' | 'new'
  readonly iceGatheringState: 'complete' | 'gathering' | 'new'
  readonly signalingState:
    | 'closed'
    | 'have-local-offer'
    | 'have-local-pranswer'
    | 'have-remote-offer'
    | 'have-remote-pranswer'
    | 'stable'
  readonly localDescription: Description | null
  readonly remoteDescription: Description | null
  readonly sctp: { readonly maxMessageSize: number } | null
}

export const STATE_EVENTS = [
  'connectionstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'signalingstatechange',
  'negotiationneeded',
] as const

/** Calls that answer with a promise. */
export type PeerCall =
  | { readonly method: 'createOffer' | 'createAnswer' | 'getStats' }
  | { readonly method: 'setLocalDescription'; readonly argument: Description | undefined }
  | { readonly method: 'setRemoteDescription'; readonly argument: Description }
  | { readonly method: 'addIceCandidate'; readonly argument: Partial<Candidate> | undefined }

/** Worker to window. `pc`, `channel` and `call` are numbers that the worker chose. */
export type RtcRequest =
  | { readonly op: 'new'; readonly pc: number; readonly config: Configuration }
  | { readonly op: 'close'; readonly pc: number }
  | { readonly op: 'restartIce'; readonly pc: number }
  | {
      readonly op: 'channel'
      readonly pc: number
      readonly channel: number
      readonly label: string
      readonly init: ChannelInit
    }
  | { readonly op: 'certificate'; readonly call: number; readonly algorithm: AlgorithmIdentifier }
  | { readonly op: 'call'; readonly pc: number; readonly call: number; readonly request: PeerCall }

export interface CertificateHandle {
  readonly certificate: number
  readonly expires: number
  readonly fingerprints: readonly Fingerprint[]
}

export type CallResult = Description | CertificateHandle | readonly (readonly [string, unknown])[] | null

/** What the channel's constant attributes are. */
export interface ChannelFacts {
  readonly label: string
  readonly protocol: string
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly id: number | null
  readonly maxRetransmits: number | null
  readonly maxPacketLifeTime: number | null
}

/** The channel itself where a browser can transfer one, else a port that carries its traffic. */
export type Handover =
  | { readonly kind: 'transferred'; readonly channel: RTCDataChannel }
  | {
      readonly kind: 'bridged'
      readonly port: MessagePort
      readonly facts: ChannelFacts
      readonly readyState: RTCDataChannelState
    }

/** Window to worker. */
export type RtcReport =
  | {
      readonly kind: 'answer'
      readonly call: number
      readonly pc?: number
      readonly state?: ConnectionState
      readonly result: CallResult
    }
  | { readonly kind: 'refusal'; readonly call: number; readonly error: { readonly name: string; readonly message: string } }
  | {
      readonly kind: 'event'
      readonly pc: number
      readonly type: (typeof STATE_EVENTS)[number]
      readonly state: ConnectionState
    }
  | { readonly kind: 'candidate'; readonly pc: number; readonly candidate: Candidate | null }
  | { readonly kind: 'datachannel'; readonly pc: number; readonly state: ConnectionState; readonly handover: Handover }
  | { readonly kind: 'opened'; readonly pc: number; readonly channel: number; readonly handover: Handover }
  | { readonly kind: 'failed'; readonly pc: number }

/** Worker to window on a bridged channel's port. */
export type BridgeRequest =
  | { readonly kind: 'send'; readonly data: string | ArrayBuffer }
  | { readonly kind: 'threshold'; readonly bytes: number }
  | { readonly kind: 'close' }

/** Window to worker on a bridged channel's port. */
export type BridgeReport =
  | { readonly kind: 'message'; readonly data: string | ArrayBuffer }
  /** `taken`: bytes the window has handed to the channel so far; `buffered`: its bufferedAmount then. */
  | { readonly kind: 'level'; readonly taken: number; readonly buffered: number }
  | {
      readonly kind: 'state'
      readonly readyState: RTCDataChannelState
      readonly event: 'open' | 'closing' | 'close'
      readonly id: number | null
    }
  | { readonly kind: 'error'; readonly message: string }

export const byteLengthOf = (data: string | ArrayBuffer): number =>
  typeof data === 'string' ? new TextEncoder().encode(data).length : data.byteLength
