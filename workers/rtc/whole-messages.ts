interface Channel {
  readonly readyState: RTCDataChannelState
  send(data: ArrayBuffer): void
  send(data: ArrayBufferView<ArrayBuffer>): void
  close(): void
}

/** Most bytes of a length before a message, as a varint: a message has at most 64 KiB. */
const LENGTH_BYTES = 3

const bytesOf = (data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/**
 * @libp2p/webrtc 6.0.33 gives a channel the length of a message and the message one after the other, and each goes as a message of SCTP
 * and is a task at the other side: twice as many as there are messages, and not what its specification draws. Here a length waits for
 * what is sent in the same turn, and both go together.
 */
export function sendWhole<C extends Channel>(channel: C): C {
  const send: (bytes: Uint8Array<ArrayBuffer>) => void = channel.send.bind(channel)
  const close = channel.close.bind(channel)
  let length: Uint8Array<ArrayBuffer> | null = null

  function goAlone(): void {
    if (!length) return
    const alone = length
    length = null
    // it crossed the channel's end, and is lost as on the wire
    if (channel.readyState === 'open') send(alone)
  }

  function sendTogether(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    const bytes = bytesOf(data)
    if (length) {
      const whole = new Uint8Array(length.length + bytes.length)
      whole.set(length)
      whole.set(bytes, length.length)
      length = null
      send(whole)
    } else if (bytes.length > LENGTH_BYTES || channel.readyState !== 'open') send(bytes)
    else {
      length = bytes.slice()
      queueMicrotask(goAlone)
    }
  }

  return Object.assign(channel, {
    send: sendTogether,
    close() {
      goAlone()
      close()
    },
  })
}
