import type { Page } from 'playwright'

declare global {
  var pipe: { readonly pc: RTCPeerConnection; channel?: RTCDataChannel; readonly candidates: Promise<void> } | undefined
}

/** Runs in the page: a bare connection without servers. The side that takes counts, and answers one byte when it is told to. */
async function describe([sends, offer]: readonly [
  boolean,
  RTCSessionDescriptionInit | null,
]): Promise<RTCSessionDescriptionInit> {
  const pc = new RTCPeerConnection({ iceServers: [] })
  const candidates = new Promise<void>((resolve) => {
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) resolve()
    })
  })
  globalThis.pipe = { pc, candidates }
  if (sends) {
    const channel = pc.createDataChannel('pipe')
    channel.binaryType = 'arraybuffer'
    globalThis.pipe.channel = channel
  } else {
    pc.addEventListener('datachannel', ({ channel }) => {
      channel.binaryType = 'arraybuffer'
      channel.addEventListener('message', ({ data }) => {
        if (data.byteLength === 1) channel.send(data)
      })
    })
  }
  if (offer) await pc.setRemoteDescription(offer)
  await pc.setLocalDescription()
  await candidates
  const { type = 'offer', sdp = '' } = pc.localDescription ?? {}
  return { type, sdp }
}

async function accept(answer: RTCSessionDescriptionInit): Promise<void> {
  const { pc, channel } = globalThis.pipe ?? {}
  if (!pc || !channel) throw new TypeError('describe first')
  await pc.setRemoteDescription(answer)
  if (channel.readyState === 'open') return
  await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
}

/** Joins the windows of two pages by a bare data channel, from the first to the second. */
export async function joinRawPipe(from: Page, to: Page): Promise<void> {
  const offer = await from.evaluate(describe, [true, null] as const)
  const answer = await to.evaluate(describe, [false, offer] as const)
  await from.evaluate(accept, answer)
}

/** Runs in the sending page: messages of 64 KiB, 1 MiB buffered at most. @returns milliseconds until all of it was taken */
export async function rawGoodput(bytes: number): Promise<number> {
  const channel = globalThis.pipe?.channel
  if (!channel) throw new TypeError('join first')
  channel.bufferedAmountLowThreshold = 524_288
  const message = new Uint8Array(65_536)
  crypto.getRandomValues(message)
  const started = performance.now()
  for (let sent = 0; sent < bytes; sent += message.length) {
    if (channel.bufferedAmount > 1_048_576)
      await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }))
    channel.send(message)
  }
  const taken = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
  channel.send(new Uint8Array(1))
  await taken
  return performance.now() - started
}
