import { createRealRuntime } from '../../../kernel/real-runtime.ts'
import { createEther, type Tuning } from '../ether.ts'
import { createSimulatedSerial, createSimulatedStick } from '../simulated-sticks.ts'

// Built by `web/e2e/support/sticks.ts` and run in the node's worker: a stick at the browser's serial interface that speaks the true bytes, and
// the air around it as far as the journey can reach.

/** A frame on its way between two browsers. */
interface OnAir {
  readonly bytes: readonly number[]
  readonly tuning: Tuning
  readonly powerDbm: number
}

/** How far away everybody else is. */
const METRES = 300
const runtime = createRealRuntime()
const ether = createEther({ runtime })
const cable = createSimulatedStick({ runtime, ether, model: 'meshtastic' })
const serial = createSimulatedSerial([cable])
const others = ether.join({ x: METRES, y: 0 }, () => undefined)
const sent: OnAir[] = []
let wake = (): void => undefined

ether.onAir.on(({ from, bytes, tuning, powerDbm }) => {
  if (from === others.id) return
  sent.push({ bytes: [...bytes], tuning, powerDbm })
  wake()
})

const stick = {
  /** The next frame that this device sends, as JSON. */
  async next(): Promise<string> {
    for (;;) {
      const frame = sent.shift()
      if (frame) return JSON.stringify(frame)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  },
  /** Another device has sent this. @param frame what its `next` answered */
  hear(frame: string): void {
    const { bytes, tuning, powerDbm }: OnAir = JSON.parse(frame)
    others.tune(tuning)
    others.transmit(Uint8Array.from(bytes), powerDbm)
  },
  plug: () => serial.plug(cable),
  pull: () => serial.pull(cable),
}

// a worker's navigator has the real interface, which shows no port here
Object.defineProperty(navigator, 'serial', { value: serial, configurable: true })
Object.assign(globalThis, { stick })
serial.plug(cable)
