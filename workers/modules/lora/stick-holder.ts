import type { Static } from '@sinclair/typebox'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import { OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { ADAPTER_IDS, type RadioSettings, type StickRecord } from '#protocol/lora/records.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import type { Heard, Stick, StickChoice, StickSession, Sticks } from './stick.ts'

/** `lora.stick` on the shelf: which one this person uses, plugged in or not. */
export const AttachedSchema = Strict({
  attached: Type.Union([
    Strict({
      adapter: OneOf(ADAPTER_IDS),
      port_id: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
      simulated: Type.Boolean(),
    }),
    Type.Null(),
  ]),
})
export type Attached = Static<typeof AttachedSchema>
export const NOT_ATTACHED: Attached = { attached: null }

/** What the person's configuration asks of a radio; everything else of a frame is the same everywhere (LOR-1). */
const settingsOf = ({ lora }: HearthnetConfig): RadioSettings => ({
  frequency_hz: lora.frequency_hz,
  bandwidth_hz: 125_000,
  spreading_factor: lora.spreading_factor,
  coding_rate: 5,
  preamble_symbols: 8,
  tx_power_dbm: lora.tx_power_dbm,
})

/** The one stick in use. */
export interface StickHolder {
  attached(): Attached['attached']
  attach(choice: StickChoice): Promise<void>
  detach(): Promise<void>
  /** The configuration changed: other settings are another opening. */
  configured(): Promise<void>
  /** Null while it is not ready. */
  session(): StickSession | null
  isSimulated(): boolean
  record(): StickRecord
  /** Its state changed, or another one is in use. */
  readonly changed: Signal<void>
  readonly heard: Signal<Heard>
  stop(): Promise<void>
}

export interface StickHolderDeps {
  readonly sticks: Sticks
  readonly drawer: Drawer<Attached>
  readonly config: () => HearthnetConfig
}

const sameSettings = (a: RadioSettings, b: RadioSettings): boolean => JSON.stringify(a) === JSON.stringify(b)

export function createStickHolder({ sticks, drawer, config }: StickHolderDeps): StickHolder {
  const changed = createSignal<void>()
  const heard = createSignal<Heard>()
  let stick: Stick | null = null
  let asked = settingsOf(config())
  let turn: Promise<void> = Promise.resolve()

  async function letGo(): Promise<void> {
    const going = stick
    stick = null
    await going?.close()
  }

  function open(): void {
    const { attached } = drawer.get()
    if (!attached) return
    asked = settingsOf(config())
    const opened = sticks.open({ adapter: attached.adapter, portId: attached.port_id, simulated: attached.simulated }, asked)
    stick = opened
    // one that is being closed may still have something to say
    opened.changed.on(() => {
      if (stick === opened) changed.emit()
    })
    opened.heard.on((frame) => {
      if (stick === opened) heard.emit(frame)
    })
  }

  /** One change after the other: two sticks at once would fight over the port. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    const done = turn.then(task)
    turn = done.catch(() => undefined)
    return done
  }

  async function use(attached: Attached['attached']): Promise<void> {
    await drawer.set({ attached })
    await letGo()
    open()
    changed.emit()
  }

  open()

  return {
    changed,
    heard,
    attached: () => drawer.get().attached,
    attach: ({ adapter, portId, simulated }) => inTurn(() => use({ adapter, port_id: portId, simulated })),
    detach: () => inTurn(() => use(null)),
    configured: () =>
      inTurn(async () => {
        if (sameSettings(asked, settingsOf(config()))) return
        await letGo()
        open()
        changed.emit()
      }),
    session: () => {
      const status = stick?.status()
      return status?.state === 'ready' ? status.session : null
    },
    isSimulated: () => drawer.get().attached?.simulated === true,
    record() {
      const attached = drawer.get().attached
      const status = stick?.status()
      return {
        state: status?.state ?? 'none',
        adapter: attached?.adapter ?? null,
        problem: status?.problem ?? null,
        firmware: status?.session?.firmware ?? null,
        settings: status?.session?.settings ?? null,
        simulated: attached?.simulated === true,
      }
    },
    stop: () => inTurn(letGo),
  }
}
