import type { AdapterId } from '#protocol/lora/records.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSignal } from '../../kernel/signal.ts'
import type { Ether, Position } from './ether.ts'
import type { SerialLike } from './serial-port.ts'
import type { FirmwareFaults, FirmwareSetup } from './simulated-firmware.ts'
import { createSimulatedMeshcore } from './simulated-meshcore.ts'
import { createSimulatedMeshtastic } from './simulated-meshtastic.ts'
import { type CableFaults, createSimulatedCable, type Firmware, type SimulatedCable } from './simulated-port.ts'
import { createSimulatedRNode } from './simulated-rnode.ts'
import { createSimulatedRui3 } from './simulated-rui3.ts'

/** A firmware, the adapter that talks to it, and how it shows on USB. */
interface Model {
  readonly adapter: AdapterId
  readonly create: (setup: FirmwareSetup) => Firmware
  readonly usbVendorId: number
  readonly usbProductId: number
}

export const SIMULATED_MODELS = {
  meshtastic: { adapter: 'meshtastic', create: createSimulatedMeshtastic, usbVendorId: 0x239a, usbProductId: 0x8029 },
  rnode: { adapter: 'rfm95w', create: createSimulatedRNode, usbVendorId: 0x10c4, usbProductId: 0xea60 },
  meshcore: { adapter: 'sx126x', create: createSimulatedMeshcore, usbVendorId: 0x303a, usbProductId: 0x1001 },
  rui3: { adapter: 'sx126x', create: createSimulatedRui3, usbVendorId: 0x1a86, usbProductId: 0x7523 },
} as const satisfies Readonly<Record<string, Model>>

export type SimulatedModel = keyof typeof SIMULATED_MODELS

export interface SimulatedStickOptions {
  readonly runtime: Runtime
  readonly ether: Ether
  readonly model: SimulatedModel
  readonly position?: Position
  /** Goes on while it is unplugged. */
  readonly battery?: boolean
  readonly faults?: FirmwareFaults
  readonly cableFaults?: CableFaults
}

/** A stick that speaks the true bytes over a simulated cable, into simulated air. It begins unplugged. */
export function createSimulatedStick(options: SimulatedStickOptions): SimulatedCable {
  const { runtime, ether, model, position = { x: 0, y: 0 }, battery = false, faults, cableFaults } = options
  const { create, usbVendorId, usbProductId } = SIMULATED_MODELS[model]
  const firmware = create({
    runtime,
    join: (onHeard) => ether.join(position, onHeard),
    say: (bytes) => cable.say(bytes),
    ...(faults ? { faults } : {}),
  })
  const cable = createSimulatedCable({
    firmware,
    info: { usbVendorId, usbProductId },
    battery,
    ...(cableFaults ? { faults: cableFaults } : {}),
  })
  return cable
}

export interface SimulatedSerial extends SerialLike {
  plug(cable: SimulatedCable): void
  pull(cable: SimulatedCable): void
}

/** `navigator.serial` with these sticks at it, as many as are plugged in. */
export function createSimulatedSerial(cables: readonly SimulatedCable[]): SimulatedSerial {
  const events = { connect: createSignal<void>(), disconnect: createSignal<void>() }
  const unsubscribe = new Map<() => void, () => void>()
  return {
    getPorts: async () => cables.filter(({ plugged }) => plugged).map(({ port }) => port),
    addEventListener(type, listener) {
      unsubscribe.set(listener, events[type].on(listener))
    },
    removeEventListener(_type, listener) {
      unsubscribe.get(listener)?.()
    },
    plug(cable) {
      cable.plug()
      events.connect.emit()
    },
    pull(cable) {
      cable.pull()
      events.disconnect.emit()
    },
  }
}
