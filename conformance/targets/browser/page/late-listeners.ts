/**
 * The dialler of @libp2p/webrtc 6.0.33 waits for `open` and then `close` of a channel called `init`. Where the other side
 * was quicker both are over before it listens, and the dial waits for ever: who listens too late is told at once.
 */
export function tellLateListeners(): void {
  const { addEventListener } = RTCDataChannel.prototype
  RTCDataChannel.prototype.addEventListener = function (
    this: RTCDataChannel,
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    addEventListener.call(this, type, listener, options)
    const over = this.readyState === 'closing' || this.readyState === 'closed'
    const missed = this.label === 'init' && over && (type === 'open' || (type === 'close' && this.readyState === 'closed'))
    if (!missed) return
    const event = new Event(type)
    queueMicrotask(() => (typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event)))
  }
}
