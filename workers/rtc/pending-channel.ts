import type { BridgedDataChannel } from './bridged-channel.ts'
import { CHANNEL_EVENTS, defineEventAttributes } from './event-attributes.ts'
import type { ChannelInit } from './messages.ts'

export type AnyDataChannel = RTCDataChannel | BridgedDataChannel
type Listener = readonly [
  type: string,
  callback: EventListenerOrEventListenerObject,
  options: AddEventListenerOptions | boolean | undefined,
]

/**
 * What `createDataChannel` returns at once: stands in until the real channel arrives from the window, then hands every
 * listener over to it, so that no message passes through here.
 */
export class PendingDataChannel extends EventTarget {
  readonly #init: ChannelInit
  readonly #label: string
  #channel: AnyDataChannel | null = null
  #listeners: Listener[] = []
  #state: RTCDataChannelState = 'connecting'
  #binaryType: BinaryType = 'arraybuffer'
  #threshold = 0

  constructor(label: string, init: ChannelInit) {
    super()
    this.#label = label
    this.#init = init
  }

  attach(channel: AnyDataChannel): void {
    this.#channel = channel
    channel.binaryType = this.#binaryType
    channel.bufferedAmountLowThreshold = this.#threshold
    for (const listener of this.#listeners.splice(0)) channel.addEventListener(...listener)
    if (this.#state === 'closing') channel.close()
  }

  /** The connection ended before the channel arrived. */
  fail(): void {
    if (this.#channel || this.#state === 'closed') return
    this.#state = 'closed'
    super.dispatchEvent(new Event('close'))
  }

  override addEventListener(...[type, callback, options]: Parameters<EventTarget['addEventListener']>): void {
    if (!callback) return
    if (this.#channel) this.#channel.addEventListener(type, callback, options)
    else {
      this.#listeners.push([type, callback, options])
      super.addEventListener(type, callback, options)
    }
  }

  override removeEventListener(...[type, callback, options]: Parameters<EventTarget['removeEventListener']>): void {
    if (callback) this.#channel?.removeEventListener(type, callback, options)
    this.#listeners = this.#listeners.filter(([otherType, other]) => otherType !== type || other !== callback)
    super.removeEventListener(type, callback, options)
  }

  get readyState(): RTCDataChannelState {
    return this.#channel?.readyState ?? this.#state
  }

  get bufferedAmount(): number {
    return this.#channel?.bufferedAmount ?? 0
  }

  get label(): string {
    return this.#label
  }

  get protocol(): string {
    return this.#init.protocol ?? ''
  }

  get id(): number | null {
    return this.#channel?.id ?? this.#init.id ?? null
  }

  get binaryType(): BinaryType {
    return this.#channel?.binaryType ?? this.#binaryType
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type
    if (this.#channel) this.#channel.binaryType = type
  }

  get bufferedAmountLowThreshold(): number {
    return this.#channel?.bufferedAmountLowThreshold ?? this.#threshold
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#threshold = bytes
    if (this.#channel) this.#channel.bufferedAmountLowThreshold = bytes
  }

  send(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (!this.#channel) throw new DOMException(`the channel is ${this.#state}`, 'InvalidStateError')
    // two overloads of one method: the narrower parameter satisfies neither alone
    if (data instanceof ArrayBuffer) this.#channel.send(data)
    else this.#channel.send(data)
  }

  close(): void {
    if (this.#channel) this.#channel.close()
    else if (this.#state === 'connecting') this.#state = 'closing'
  }
}
defineEventAttributes(PendingDataChannel.prototype, CHANNEL_EVENTS)
