import { BridgedDataChannel } from './bridged-channel.ts'
import { defineEventAttributes } from './event-attributes.ts'
import {
  type Candidate,
  type CertificateHandle,
  type ChannelInit,
  type Configuration,
  type ConnectionState,
  type Description,
  type Handover,
  type RtcReport,
  STATE_EVENTS,
} from './messages.ts'
import { type AnyDataChannel, PendingDataChannel } from './pending-channel.ts'
import type { RtcLink } from './rtc-link.ts'

export interface Certificate {
  readonly handle: number
  readonly expires: number
  getFingerprints(): CertificateHandle['fingerprints']
}

export class SessionDescription implements Description {
  readonly type: Description['type']
  readonly sdp: string

  constructor({ type, sdp = '' }: { readonly type: Description['type']; readonly sdp?: string }) {
    this.type = type
    this.sdp = sdp
  }

  toJSON(): Description {
    return { type: this.type, sdp: this.sdp }
  }
}

export class IceCandidate implements Candidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null

  constructor({ candidate = '', sdpMid = null, sdpMLineIndex = null, usernameFragment = null }: Partial<Candidate> = {}) {
    this.candidate = candidate
    this.sdpMid = sdpMid
    this.sdpMLineIndex = sdpMLineIndex
    this.usernameFragment = usernameFragment
  }

  toJSON(): Candidate {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
  }
}

const FRESH: ConnectionState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
  sctp: null,
}
const CLOSED = { connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed' } as const

export type Config = Omit<Configuration, 'certificates'> & { readonly certificates?: readonly Certificate[] }

const received = (handover: Handover): AnyDataChannel =>
  handover.kind === 'transferred' ? handover.channel : new BridgedDataChannel(handover)

/** Done with each channel that comes from the window, before anybody has it. */
export type Prepare = (channel: AnyDataChannel) => AnyDataChannel
const asItIs: Prepare = (channel) => channel

const plainCandidate = ({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: Partial<Candidate>): Partial<Candidate> => ({
  ...(candidate === undefined ? {} : { candidate }),
  ...(sdpMid === undefined ? {} : { sdpMid }),
  ...(sdpMLineIndex === undefined ? {} : { sdpMLineIndex }),
  ...(usernameFragment === undefined ? {} : { usernameFragment }),
})

/** RTCPeerConnection for a dedicated worker; the real one is in the window (`host.ts`). */
export class WorkerPeerConnection extends EventTarget {
  readonly #link: RtcLink
  readonly #id: number
  readonly #config: Config
  readonly #prepare: Prepare
  readonly #pending = new Map<number, PendingDataChannel>()
  #state = FRESH

  constructor(link: RtcLink, config: Config = {}, prepare: Prepare = asItIs) {
    super()
    this.#prepare = prepare
    this.#link = link
    this.#id = link.register({ hear: (report) => this.#hear(report) })
    this.#config = config
    const { certificates, ...rest } = config
    const handles = certificates ? { certificates: certificates.map(({ handle }) => handle) } : {}
    link.tell({ op: 'new', pc: this.#id, config: { ...rest, ...handles } })
  }

  get connectionState() {
    return this.#state.connectionState
  }
  get iceConnectionState() {
    return this.#state.iceConnectionState
  }
  get iceGatheringState() {
    return this.#state.iceGatheringState
  }
  get signalingState() {
    return this.#state.signalingState
  }
  get localDescription() {
    return this.#state.localDescription
  }
  get remoteDescription() {
    return this.#state.remoteDescription
  }
  get sctp() {
    return this.#state.sctp
  }

  getConfiguration(): Config {
    return this.#config
  }

  async createOffer(): Promise<SessionDescription> {
    return this.#describe('createOffer')
  }

  async createAnswer(): Promise<SessionDescription> {
    return this.#describe('createAnswer')
  }

  async setLocalDescription(description?: Description): Promise<void> {
    const argument = description && { type: description.type, sdp: description.sdp }
    await this.#call({ method: 'setLocalDescription', argument })
  }

  async setRemoteDescription({ type, sdp }: Description): Promise<void> {
    await this.#call({ method: 'setRemoteDescription', argument: { type, sdp } })
  }

  async addIceCandidate(candidate?: Partial<Candidate>): Promise<void> {
    await this.#call({ method: 'addIceCandidate', argument: candidate && plainCandidate(candidate) })
  }

  async getStats(): Promise<Map<string, unknown>> {
    const rows = await this.#call({ method: 'getStats' })
    return new Map(Array.isArray(rows) ? rows : [])
  }

  restartIce(): void {
    this.#link.tell({ op: 'restartIce', pc: this.#id })
  }

  createDataChannel(label: string, init: ChannelInit = {}): PendingDataChannel {
    this.#requireOpen()
    const pending = new PendingDataChannel(label, init)
    const channel = this.#link.number()
    this.#pending.set(channel, pending)
    this.#link.tell({ op: 'channel', pc: this.#id, channel, label, init })
    return pending
  }

  close(): void {
    if (this.#state.connectionState === 'closed') return
    this.#state = { ...this.#state, ...CLOSED }
    this.#dropPending()
    this.#link.tell({ op: 'close', pc: this.#id })
    this.#link.forget(this.#id)
  }

  #requireOpen(): void {
    if (this.#state.connectionState === 'closed') throw new DOMException('the connection is closed', 'InvalidStateError')
  }

  async #call(request: Parameters<RtcLink['call']>[1]) {
    this.#requireOpen()
    return this.#link.call(this.#id, request)
  }

  async #describe(method: 'createOffer' | 'createAnswer'): Promise<SessionDescription> {
    const result = await this.#call({ method })
    if (!result || !('sdp' in result)) throw new TypeError('no description in the answer')
    return new SessionDescription(result)
  }

  #dropPending(): void {
    for (const pending of this.#pending.values()) pending.fail()
    this.#pending.clear()
  }

  #hear(report: RtcReport): void {
    if ('state' in report && report.state) this.#state = report.state
    switch (report.kind) {
      case 'opened':
        this.#pending.get(report.channel)?.attach(this.#prepare(received(report.handover)))
        this.#pending.delete(report.channel)
        return
      case 'datachannel':
        this.dispatchEvent(Object.assign(new Event('datachannel'), { channel: this.#prepare(received(report.handover)) }))
        return
      case 'candidate': {
        const candidate = report.candidate && new IceCandidate(report.candidate)
        this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }))
        return
      }
      case 'failed':
        this.#state = { ...this.#state, connectionState: 'failed' }
        this.#dropPending()
        this.dispatchEvent(new Event('connectionstatechange'))
        return
      case 'event':
        this.dispatchEvent(new Event(report.type))
        if (report.state.connectionState === 'closed' || report.state.connectionState === 'failed') this.#dropPending()
    }
  }
}
defineEventAttributes(WorkerPeerConnection.prototype, [
  ...STATE_EVENTS,
  'datachannel',
  'icecandidate',
  'icecandidateerror',
  'track',
])

export interface PeerConnectionClass {
  new (config?: Config): WorkerPeerConnection
  readonly prototype: WorkerPeerConnection
  generateCertificate(algorithm: AlgorithmIdentifier): Promise<Certificate>
}

/** The class as scripts know it, for one link. */
export function peerConnectionClass(link: RtcLink, prepare?: Prepare): PeerConnectionClass {
  return class extends WorkerPeerConnection {
    constructor(config?: Config) {
      super(link, config, prepare)
    }

    static async generateCertificate(algorithm: AlgorithmIdentifier): Promise<Certificate> {
      const result = await link.ask((call) => ({ op: 'certificate', call, algorithm }))
      if (!result || !('certificate' in result)) throw new TypeError('no certificate in the answer')
      const { certificate, expires, fingerprints } = result
      return { handle: certificate, expires, getFingerprints: () => fingerprints }
    }
  }
}
