import type { Json } from '../../client/encoding.ts'

/** Asked of the seat in the page, as JSON. */
export type SeatCall =
  | { readonly say: 'open' | 'message'; readonly call: string; readonly message: Json }
  | { readonly say: 'hear'; readonly call: string; readonly waitMs: number }
  /** Opens a call, hears its first message, and ends it. */
  | { readonly say: 'ask'; readonly call: string; readonly message: Json; readonly waitMs: number }
  | { readonly say: 'end'; readonly call: string }

/** The function that `seatInPage` leaves in the window; JSON both ways, null where nothing was heard. */
export type PageSeat = (asking: string) => Promise<string>

export const SEAT = 'conformanceSeat'

/**
 * Runs in the page, as a further tab of the app: calls go over a channel that the node answers on. It is sent there as
 * text, so it uses nothing from outside itself. @param seat name of what it leaves in the window
 */
export function seatInPage(seat: string): void {
  const ports = new BroadcastChannel('hearthnet-ports')
  const channel = `hearthnet-ports-conformance-${crypto.randomUUID()}`
  const port = new BroadcastChannel(channel)
  // null is the end of a call
  const calls = new Map<string, { readonly heard: unknown[]; wake: () => void }>()

  port.onmessage = ({ data }) => {
    const call = calls.get(data.call)
    if (!call) return
    call.heard.push(data.kind === 'message' ? data.message : null)
    call.wake()
  }
  const attached = new Promise<void>((resolve) => {
    ports.onmessage = ({ data }) => {
      if (data.kind === 'attached' && data.channel === channel) resolve()
      if (data.kind === 'node-started') ports.postMessage({ kind: 'attach', channel })
    }
    // the node takes a tab for alive while it holds the lock of its channel's name
    void navigator.locks.request(channel, () => {
      ports.postMessage({ kind: 'attach', channel })
      return new Promise(() => undefined)
    })
  })

  async function hear(id: string, waitMs: number): Promise<unknown> {
    const call = calls.get(id)
    if (!call) return null
    if (call.heard.length === 0) {
      await new Promise<void>((resolve) => {
        call.wake = resolve
        setTimeout(resolve, waitMs)
      })
    }
    // once it has ended it stays so
    return call.heard[0] === null ? null : (call.heard.shift() ?? null)
  }

  Reflect.set(window, seat, async (asking: string): Promise<string> => {
    const { say, call, message, waitMs } = JSON.parse(asking)
    await attached
    if (say === 'hear') return JSON.stringify(await hear(call, waitMs))
    if (say === 'open' || say === 'ask') calls.set(call, { heard: [], wake: () => undefined })
    if (say !== 'end') port.postMessage({ kind: say === 'ask' ? 'open' : say, call, message })
    const answer = say === 'ask' ? await hear(call, waitMs) : null
    if (say === 'ask' || say === 'end') {
      port.postMessage({ kind: 'end', call })
      calls.delete(call)
    }
    return JSON.stringify(answer)
  })
}
