import { CHANNEL_EVENTS, defineEventAttributes } from './event-attributes.ts'
import { type BridgeReport, type BridgeRequest, byteLengthOf, type ChannelFacts, type Handover } from './messages.ts'

const asBuffer = (data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): ArrayBuffer =>
  data instanceof ArrayBuffer ? data.slice(0) : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)

/** An RTCDataChannel whose real one stayed in the window. `bufferedAmount` counts what is under way to it, too. */
export class BridgedDataChannel extends EventTarget {
  readyState: RTCDataChannelState
  binaryType: BinaryType = 'arraybuffer'
  readonly label: string
  readonly protocol: string
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly maxRetransmits: number | null
  readonly maxPacketLifeTime: number | null
  id: number | null
  readonly #port: MessagePort
  #threshold = 0
  #sent = 0
  #taken = 0
  #buffered = 0

  constructor({ port, facts, readyState }: Extract<Handover, { kind: 'bridged' }>) {
    super()
    const { label, protocol, ordered, negotiated, id, maxRetransmits, maxPacketLifeTime }: ChannelFacts = facts
    this.label = label
    this.protocol = protocol
    this.ordered = ordered
    this.negotiated = negotiated
    this.id = id
    this.maxRetransmits = maxRetransmits
    this.maxPacketLifeTime = maxPacketLifeTime
    this.readyState = readyState
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<BridgeReport>) => this.#hear(data)
  }

  get bufferedAmount(): number {
    return this.#buffered + this.#sent - this.#taken
  }

  get bufferedAmountLowThreshold(): number {
    return this.#threshold
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#threshold = bytes
    this.#ask({ kind: 'threshold', bytes })
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (this.readyState !== 'open') throw new DOMException(`the channel is ${this.readyState}`, 'InvalidStateError')
    const own = typeof data === 'string' ? data : asBuffer(data)
    this.#sent += byteLengthOf(own)
    this.#ask({ kind: 'send', data: own }, typeof own === 'string' ? [] : [own])
  }

  close(): void {
    if (this.readyState === 'closed' || this.readyState === 'closing') return
    this.readyState = 'closing'
    this.#ask({ kind: 'close' })
  }

  #ask(request: BridgeRequest, transfer: Transferable[] = []): void {
    this.#port.postMessage(request, transfer)
  }

  #hear(report: BridgeReport): void {
    switch (report.kind) {
      case 'message':
        this.dispatchEvent(new MessageEvent('message', { data: report.data }))
        return
      case 'level':
        this.#level(report.taken, report.buffered)
        return
      case 'error':
        this.dispatchEvent(Object.assign(new Event('error'), { error: new DOMException(report.message, 'OperationError') }))
        return
      case 'state':
        this.id = report.id
        // a close asked for here must not be undone by an `open` that was under way
        if (this.readyState !== 'closing' || report.readyState !== 'open') this.readyState = report.readyState
        this.dispatchEvent(new Event(report.event))
        if (report.event === 'close') this.#port.close()
    }
  }

  #level(taken: number, buffered: number): void {
    const before = this.bufferedAmount
    this.#taken = taken
    this.#buffered = buffered
    const now = this.bufferedAmount
    if (before > this.#threshold && now <= this.#threshold) this.dispatchEvent(new Event('bufferedamountlow'))
  }
}
defineEventAttributes(BridgedDataChannel.prototype, CHANNEL_EVENTS)
