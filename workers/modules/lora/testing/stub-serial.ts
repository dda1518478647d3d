import { createRealRuntime } from '../../../kernel/real-runtime.ts'
import { createEther } from '../ether.ts'
import type { SimulatedCable } from '../simulated-port.ts'
import { createSimulatedSerial, createSimulatedStick, type SimulatedModel } from '../simulated-sticks.ts'

/*
 * Stands in for `navigator.serial` of a worker in a real browser: imported before the node, in a test or in front of the built
 * worker. The page drives it over a channel; the bytes are those of a true stick.
 */

type Order =
  | { readonly order: 'grant' | 'pull' }
  | { readonly order: 'plug'; readonly model: SimulatedModel }
  | { readonly order: 'speak'; readonly hex: string }

const channel = new BroadcastChannel('hearthnet-stub-serial')
const runtime = createRealRuntime()
const ether = createEther({ runtime })
const cables = new Map<SimulatedModel, SimulatedCable>()
const plugged: SimulatedCable[] = []
const serial = createSimulatedSerial(plugged)
const neighbour = ether.join({ x: 300, y: 0 }, () => undefined)
let granted = false

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16))
/** Milliseconds since 1970 with their fraction, the same clock in a window and its workers. */
const now = (): number => performance.timeOrigin + performance.now()

ether.onAir.on(({ from, bytes, tuning }) => {
  // the neighbour answers on whatever settings it hears
  if (from !== neighbour.id) neighbour.tune(tuning)
  channel.postMessage({ air: from === neighbour.id ? 'neighbour' : 'own', hex: toHex(bytes), at: now() })
})

function cableOf(model: SimulatedModel): SimulatedCable {
  const known = cables.get(model)
  if (known) return known
  const cable = createSimulatedStick({ runtime, ether, model })
  cables.set(model, cable)
  return cable
}

function obey(order: Order): void {
  if (order.order === 'grant') granted = true
  if (order.order === 'speak') neighbour.transmit(fromHex(order.hex), 14)
  if (order.order === 'pull') for (const cable of plugged.splice(0)) serial.pull(cable)
  if (order.order === 'plug') {
    plugged.push(cableOf(order.model))
    serial.plug(cableOf(order.model))
  }
}

channel.addEventListener('message', ({ data }: MessageEvent<Order & { readonly id: number }>) => {
  if (!('order' in data)) return
  const at = now()
  obey(data)
  channel.postMessage({ done: data.id, at })
})

Object.defineProperty(navigator, 'serial', {
  configurable: true,
  value: { ...serial, getPorts: async () => (granted ? serial.getPorts() : []) },
})
