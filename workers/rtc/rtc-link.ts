import type { CallResult, PeerCall, RtcReport, RtcRequest } from './messages.ts'

/** The worker's end of the port to the window. What is asked before the port is there waits for it. */
export interface RtcLink {
  /** A number no other connection, channel or call has. */
  number(): number
  register(connection: { hear(report: RtcReport): void }): number
  forget(pc: number): void
  tell(request: RtcRequest): void
  ask(request: (call: number) => RtcRequest): Promise<CallResult>
  call(pc: number, request: PeerCall): Promise<CallResult>
  attach(port: MessagePort): void
}

/** A channel that arrives for a connection the worker has closed: the window has closed it, or is about to. */
function discard(report: RtcReport): void {
  if ((report.kind === 'opened' || report.kind === 'datachannel') && report.handover.kind === 'transferred') {
    report.handover.channel.close()
  }
}

export function createRtcLink(): RtcLink {
  const connections = new Map<number, { hear(report: RtcReport): void }>()
  const calls = new Map<number, { resolve(result: CallResult): void; reject(error: DOMException): void }>()
  const waiting: RtcRequest[] = []
  let port: MessagePort | null = null
  let last = 0
  const number = (): number => ++last

  function tell(request: RtcRequest): void {
    if (port) port.postMessage(request)
    else waiting.push(request)
  }

  function finish(report: Extract<RtcReport, { kind: 'answer' | 'refusal' }>): void {
    const call = calls.get(report.call)
    calls.delete(report.call)
    if (report.kind === 'refusal') {
      call?.reject(new DOMException(report.error.message, report.error.name))
      return
    }
    // the mirrored state is there before the caller goes on
    if (report.pc !== undefined) connections.get(report.pc)?.hear(report)
    call?.resolve(report.result)
  }

  function hear(report: RtcReport): void {
    if (report.kind === 'answer' || report.kind === 'refusal') {
      finish(report)
      return
    }
    const connection = connections.get(report.pc)
    if (connection) connection.hear(report)
    else discard(report)
  }

  function ask(request: (call: number) => RtcRequest): Promise<CallResult> {
    const call = number()
    return new Promise((resolve, reject) => {
      calls.set(call, { resolve, reject })
      tell(request(call))
    })
  }

  return {
    number,
    tell,
    ask,
    register(connection) {
      const pc = number()
      connections.set(pc, connection)
      return pc
    },
    forget: (pc) => void connections.delete(pc),
    call: (pc, request) => ask((call) => ({ op: 'call', pc, call, request })),
    attach(next) {
      port = next
      port.onmessage = ({ data }: MessageEvent<RtcReport>) => hear(data)
      for (const request of waiting.splice(0)) tell(request)
    },
  }
}
