import type { ConnectionState } from './messages.ts'

interface Channel extends EventTarget {
  readonly readyState: RTCDataChannelState
}
interface Connection extends EventTarget {
  readonly connectionState: ConnectionState['connectionState']
}
interface ConnectionClass {
  readonly prototype: Connection & { createDataChannel(label: string, init?: object): Channel }
}

const isLost = ({ connectionState }: Connection): boolean => connectionState === 'failed' || connectionState === 'closed'

/** Whether the event has fired already and will not again. */
function isPast(type: string, { readyState }: Channel, connection: Connection): boolean {
  if (isLost(connection)) return type === 'error'
  if (type === 'open') return readyState === 'closing' || readyState === 'closed'
  return type === 'close' && readyState === 'closed'
}

/**
 * @libp2p/webrtc 6.0.33 opens an `init` channel and waits for it to `open` and `close`, and for nothing else. Both may be over
 * before it sees its connection `connected` (6 of 25 dials measured): listeners that come late are told what they missed. And
 * they never come once the connection has failed: that is an `error` of the channel here. Either way it would wait until the
 * dial's deadline.
 */
export function cureInitChannel({ prototype }: ConnectionClass): void {
  const create = prototype.createDataChannel
  prototype.createDataChannel = function (label, init) {
    const channel = create.call(this, label, init)
    if (label !== 'init') return channel
    const add = channel.addEventListener
    channel.addEventListener = (type, listener, options) => {
      add.call(channel, type, listener, options)
      if (!listener || !isPast(type, channel, this)) return
      queueMicrotask(() =>
        typeof listener === 'function' ? listener.call(channel, new Event(type)) : listener.handleEvent(new Event(type)),
      )
    }
    this.addEventListener('connectionstatechange', () => {
      if (isLost(this)) channel.dispatchEvent(new Event('error'))
    })
    return channel
  }
}
