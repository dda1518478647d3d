interface Channel extends EventTarget {
  readonly readyState: RTCDataChannelState
}
interface ConnectionClass {
  readonly prototype: { createDataChannel(label: string, init?: object): Channel }
}

/** Whether the event has fired already and will not again. */
function isPast(type: string, state: RTCDataChannelState): boolean {
  if (type === 'open') return state === 'closing' || state === 'closed'
  return type === 'close' && state === 'closed'
}

/**
 * @libp2p/webrtc 6.0.33 opens an `init` channel which the recipient may close before the dialler sees its connection
 * `connected`; the dialler then waits for `open` and `close` events that have fired, until the dial times out (6 of 25
 * dials measured). Listeners that come late to that one channel are told what they missed.
 */
export function cureInitChannel({ prototype }: ConnectionClass): void {
  const create = prototype.createDataChannel
  prototype.createDataChannel = function (label, init) {
    const channel = create.call(this, label, init)
    if (label !== 'init') return channel
    const add = channel.addEventListener
    channel.addEventListener = (type, listener, options) => {
      add.call(channel, type, listener, options)
      if (!listener || !isPast(type, channel.readyState)) return
      queueMicrotask(() =>
        typeof listener === 'function' ? listener.call(channel, new Event(type)) : listener.handleEvent(new Event(type)),
      )
    }
    return channel
  }
}
