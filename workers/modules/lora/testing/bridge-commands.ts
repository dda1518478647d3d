import type { AdapterId } from '#protocol/lora/records.ts'
import { createRealRuntime } from '../../../kernel/real-runtime.ts'
import { createBrowserSticks } from '../serial-bridge-browser.ts'
import type { Stick } from '../stick.ts'
import { SETTINGS } from './settings.ts'

interface Command {
  readonly attach?: AdapterId
  readonly send?: readonly number[]
  readonly detach?: true
}

/** The bridge as the node worker has it, told what to do by a test in the window. */
export function serveBridge(): void {
  const sticks = createBrowserSticks(createRealRuntime())
  let stick: Stick | undefined
  /** Milliseconds since 1970 with their fraction, the same clock in a window and its workers. */
  const now = (): number => performance.timeOrigin + performance.now()

  function attach(adapter: AdapterId): void {
    const opened = sticks.open({ adapter, portId: null, simulated: false }, SETTINGS)
    stick = opened
    opened.changed.on(() => {
      const { state, problem, session } = opened.status()
      postMessage({ state, problem, firmware: session?.firmware ?? null, at: now() })
    })
    opened.heard.on(({ frame, rssiDbm, snrDb }) => postMessage({ heard: [...frame], rssiDbm, snrDb }))
  }

  async function send(bytes: readonly number[]): Promise<void> {
    try {
      await stick?.status().session?.send(Uint8Array.from(bytes))
      postMessage({ sent: true })
    } catch (error) {
      postMessage({ sent: false, error: String(error) })
    }
  }

  addEventListener('message', ({ data }: MessageEvent<Command>) => {
    if (data.attach) attach(data.attach)
    if (data.send) void send(data.send)
    if (data.detach) void stick?.close().then(() => postMessage({ detached: true }))
  })
}
