import type { Page } from 'playwright'

declare global {
  var raw: { readonly pc: RTCPeerConnection; channel?: RTCDataChannel; readonly candidates: Promise<void> } | undefined
}

type Side = 'asks' | 'echoes'

/** Runs in the page: a bare connection without servers, its candidates in the description. */
async function describe([side, offer]: readonly [Side, RTCSessionDescriptionInit | null]): Promise<RTCSessionDescriptionInit> {
  const pc = new RTCPeerConnection({ iceServers: [] })
  const candidates = new Promise<void>((resolve) => {
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) resolve()
    })
  })
  globalThis.raw = { pc, candidates }
  if (side === 'asks') {
    const channel = pc.createDataChannel('raw')
    channel.binaryType = 'arraybuffer'
    globalThis.raw.channel = channel
  } else {
    pc.addEventListener('datachannel', ({ channel }) => {
      channel.binaryType = 'arraybuffer'
      channel.addEventListener('message', ({ data }) => channel.send(data))
    })
  }
  if (offer) await pc.setRemoteDescription(offer)
  await pc.setLocalDescription()
  await candidates
  const { type = 'offer', sdp = '' } = pc.localDescription ?? {}
  return { type, sdp }
}

async function accept(answer: RTCSessionDescriptionInit): Promise<void> {
  const { pc, channel } = globalThis.raw ?? {}
  if (!pc || !channel) throw new TypeError('describe first')
  await pc.setRemoteDescription(answer)
  if (channel.readyState === 'open') return
  await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
}

/** Joins the windows of two pages by a bare data channel; the second sends back what comes. */
export async function joinRaw(asking: Page, echoing: Page): Promise<void> {
  const offer = await asking.evaluate(describe, ['asks', null] as const)
  const answer = await echoing.evaluate(describe, ['echoes', offer] as const)
  await asking.evaluate(accept, answer)
}

/** Runs in the asking page. @returns milliseconds of one round trip */
export async function rawEcho(bytes: number): Promise<number> {
  const channel = globalThis.raw?.channel
  if (!channel) throw new TypeError('join first')
  const message = new Uint8Array(bytes).fill(120)
  const started = performance.now()
  const back = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }))
  channel.send(message)
  await back
  return performance.now() - started
}
