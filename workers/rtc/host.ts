import {
  type BridgeReport,
  type BridgeRequest,
  byteLengthOf,
  type CallResult,
  type ConnectionState,
  type Description,
  type Handover,
  type PeerCall,
  type RtcReport,
  type RtcRequest,
  STATE_EVENTS,
} from './messages.ts'

export interface HostOptions {
  /** False keeps every channel in the window and bridges its messages, as browsers without transfer need it. */
  readonly transferChannels?: boolean
}

const descriptionOf = (from: { readonly type: Description['type']; readonly sdp: string } | null): Description | null =>
  from && { type: from.type, sdp: from.sdp }

function stateOf(pc: RTCPeerConnection): ConnectionState {
  return {
    connectionState: pc.connectionState,
    iceConnectionState: pc.iceConnectionState,
    iceGatheringState: pc.iceGatheringState,
    signalingState: pc.signalingState,
    localDescription: descriptionOf(pc.localDescription),
    remoteDescription: descriptionOf(pc.remoteDescription),
    sctp: pc.sctp && { maxMessageSize: pc.sctp.maxMessageSize },
  }
}

/** Carries a channel's traffic over a port, for browsers that cannot transfer the channel. */
function bridge(channel: RTCDataChannel): Extract<Handover, { kind: 'bridged' }> {
  const { port1: near, port2: far } = new MessageChannel()
  const tell = (report: BridgeReport, transfer: Transferable[] = []): void => near.postMessage(report, transfer)
  let taken = 0
  const level = (): void => tell({ kind: 'level', taken, buffered: channel.bufferedAmount })
  channel.binaryType = 'arraybuffer'
  channel.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
    tell({ kind: 'message', data }, typeof data === 'string' ? [] : [data])
  channel.onbufferedamountlow = level
  channel.onerror = ({ error }) => tell({ kind: 'error', message: error.message })
  for (const event of ['open', 'closing', 'close'] as const) {
    channel.addEventListener(event, () => tell({ kind: 'state', readyState: channel.readyState, event, id: channel.id }))
  }
  near.onmessage = ({ data: request }: MessageEvent<BridgeRequest>) => {
    if (request.kind === 'threshold') channel.bufferedAmountLowThreshold = request.bytes
    if (request.kind === 'close') channel.close()
    // a send that crossed the channel's end on the way is lost, as on the wire
    if (request.kind !== 'send' || channel.readyState !== 'open') return
    taken += byteLengthOf(request.data)
    if (typeof request.data === 'string') channel.send(request.data)
    else channel.send(request.data)
    level()
  }
  const { label, protocol, ordered, negotiated, id, maxRetransmits, maxPacketLifeTime, readyState } = channel
  const facts = { label, protocol, ordered, negotiated, id, maxRetransmits, maxPacketLifeTime }
  return { kind: 'bridged', port: far, facts, readyState }
}

async function perform(pc: RTCPeerConnection, request: PeerCall): Promise<CallResult> {
  switch (request.method) {
    case 'createOffer':
      return descriptionOf(requireSdp(await pc.createOffer()))
    case 'createAnswer':
      return descriptionOf(requireSdp(await pc.createAnswer()))
    case 'setLocalDescription':
      await pc.setLocalDescription(request.argument)
      return null
    case 'setRemoteDescription':
      await pc.setRemoteDescription(request.argument)
      return null
    case 'addIceCandidate':
      await pc.addIceCandidate(request.argument)
      return null
    case 'getStats': {
      const rows: [string, unknown][] = []
      const stats = await pc.getStats()
      stats.forEach((value: unknown, key) => {
        rows.push([key, value])
      })
      return rows
    }
  }
}

const requireSdp = ({ type, sdp = '' }: RTCSessionDescriptionInit): Description => ({ type, sdp })

/** The window's half: owns the peer connections that `shim.ts` drives from a worker over `port`. */
export function hostRtc(port: MessagePort, { transferChannels = true }: HostOptions = {}): { close(): void } {
  const connections = new Map<number, RTCPeerConnection>()
  const certificates: RTCCertificate[] = []
  let canTransfer = transferChannels
  const tell = (report: RtcReport): void => port.postMessage(report)

  /** A channel can only be transferred in the task that created it, so this is called in that task. */
  function handOver(channel: RTCDataChannel, report: (handover: Handover) => RtcReport): void {
    if (canTransfer) {
      try {
        // lib.dom's Transferable has no RTCDataChannel yet; the WebRTC specification makes it one
        const transfer = [channel as unknown as Transferable]
        port.postMessage(report({ kind: 'transferred', channel }), transfer)
        return
      } catch (refused) {
        if (!(refused instanceof DOMException && refused.name === 'DataCloneError') && !(refused instanceof TypeError))
          throw refused
        canTransfer = false
      }
    }
    const handover = bridge(channel)
    port.postMessage(report(handover), [handover.port])
  }

  function create(id: number, config: Extract<RtcRequest, { op: 'new' }>['config']): void {
    const { certificates: handles, ...rest } = config
    const chosen = handles?.flatMap((handle) => certificates[handle] ?? [])
    const pc = new RTCPeerConnection({ ...rest, ...(chosen ? { certificates: chosen } : {}) })
    connections.set(id, pc)
    pc.ondatachannel = ({ channel }) =>
      handOver(channel, (handover) => ({ kind: 'datachannel', pc: id, state: stateOf(pc), handover }))
    pc.onicecandidate = ({ candidate }) => {
      const plain = candidate && {
        candidate: candidate.candidate,
        sdpMid: candidate.sdpMid,
        sdpMLineIndex: candidate.sdpMLineIndex,
        usernameFragment: candidate.usernameFragment,
      }
      tell({ kind: 'candidate', pc: id, candidate: plain })
    }
    for (const type of STATE_EVENTS) pc.addEventListener(type, () => tell({ kind: 'event', pc: id, type, state: stateOf(pc) }))
  }

  async function issue(call: number, algorithm: AlgorithmIdentifier): Promise<void> {
    const certificate = await RTCPeerConnection.generateCertificate(algorithm)
    const fingerprints = certificate.getFingerprints()
    tell({
      kind: 'answer',
      call,
      result: { certificate: certificates.push(certificate) - 1, expires: certificate.expires, fingerprints },
    })
  }

  function drop(id: number): void {
    connections.get(id)?.close()
    connections.delete(id)
  }

  async function obey(request: RtcRequest): Promise<void> {
    if (request.op === 'new') return create(request.pc, request.config)
    if (request.op === 'certificate') return issue(request.call, request.algorithm)
    if (request.op === 'close') return drop(request.pc)
    const pc = connections.get(request.pc)
    if (!pc) throw new DOMException('the connection is closed', 'InvalidStateError')
    if (request.op === 'restartIce') return pc.restartIce()
    if (request.op === 'channel') {
      const channel = pc.createDataChannel(request.label, request.init)
      return handOver(channel, (handover) => ({ kind: 'opened', pc: request.pc, channel: request.channel, handover }))
    }
    const result = await perform(pc, request.request)
    tell({ kind: 'answer', call: request.call, pc: request.pc, state: stateOf(pc), result })
  }

  function refuse(request: RtcRequest, cause: unknown): void {
    const { name, message } = cause instanceof Error || cause instanceof DOMException ? cause : new Error(String(cause))
    if (request.op === 'call' || request.op === 'certificate')
      tell({ kind: 'refusal', call: request.call, error: { name, message } })
    else {
      drop(request.pc)
      tell({ kind: 'failed', pc: request.pc })
    }
  }

  function close(): void {
    for (const id of [...connections.keys()]) drop(id)
    port.close()
  }

  port.onmessage = ({ data }: MessageEvent<RtcRequest>) => {
    // `obey` runs up to its first await in this task, which transferring a channel depends on
    obey(data).catch((cause: unknown) => refuse(data, cause))
  }
  // a worker that ends takes its port along; browsers that tell us spare the peers the wait
  port.addEventListener('close', close)
  return { close }
}
