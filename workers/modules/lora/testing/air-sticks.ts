import { airtimeMs } from '#protocol/lora/airtime.ts'
import { ADAPTER_IDS } from '#protocol/lora/records.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import { createSignal } from '../../../kernel/signal.ts'
import type { Heard, StickSession, Sticks } from '../stick.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Sticks that reach each other, without ports and firmware: what the service sees of the air. */
export interface Air {
  sticks(): Sticks
  /** Everything that was sent, in order. */
  readonly sent: readonly { readonly at: number; readonly frame: Bytes }[]
  /** Anybody may send anything. */
  inject(frame: Bytes): void
  setPluggedIn(pluggedIn: boolean): void
}

export function createAir(runtime: Runtime): Air {
  const sent: { at: number; frame: Bytes }[] = []
  const ears = new Set<(heard: Heard) => void>()
  const cable = createSignal<void>()
  let pluggedIn = true

  const hear = (frame: Bytes, but?: (heard: Heard) => void): void => {
    for (const ear of ears) if (ear !== but) ear({ frame, rssiDbm: -90, snrDb: 6 })
  }

  return {
    sent,
    inject: (frame) => hear(frame),
    setPluggedIn(value) {
      pluggedIn = value
      cable.emit()
    },
    sticks: () => ({
      adapters: ADAPTER_IDS,
      ports: async () => [{ portId: 'a', usbVendorId: 0x239a, usbProductId: 0x8029, likely: 'meshtastic' }],
      changed: createSignal<void>(),
      open({ adapter, simulated }, settings) {
        const heard = createSignal<Heard>()
        const changed = createSignal<void>()
        const ear = (frame: Heard): void => heard.emit(frame)
        const session: StickSession = {
          firmware: 'air 1.0',
          settings,
          overheadBytes: 0,
          async send(frame) {
            sent.push({ at: runtime.now(), frame })
            runtime.after(Math.ceil(airtimeMs(frame.length, settings)), () => hear(frame, ear))
            return { airtimeMs: null }
          },
          close: async () => {},
        }
        ears.add(ear)
        const stopWatching = cable.on(() => changed.emit())
        return {
          adapter,
          simulated,
          heard,
          changed,
          status: () =>
            pluggedIn ? { state: 'ready', problem: null, session } : { state: 'waiting', problem: 'unplugged', session: null },
          async close() {
            ears.delete(ear)
            stopWatching()
          },
        }
      },
    }),
  }
}
