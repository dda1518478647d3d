import type { AdapterId } from '#protocol/lora/records.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSticks } from './serial-bridge.ts'
import type { SerialLike } from './serial-port.ts'
import type { Adapter, Sticks } from './stick.ts'

/** Loaded when a person has a stick of this kind: most have none. */
const ADAPTERS: Readonly<Record<AdapterId, () => Promise<Adapter>>> = {
  meshtastic: async () => (await import('./adapters/meshtastic.ts')).meshtastic,
  rfm95w: async () => (await import('./adapters/rnode.ts')).rnode,
  sx126x: async () => (await import('./adapters/sx126x.ts')).sx126x,
}

const isSerial = (value: unknown): value is SerialLike =>
  typeof value === 'object' && value !== null && 'getPorts' in value && typeof value.getPorts === 'function'

/** Web Serial in this worker; over WebUSB where a browser has only that (Android), for boards with USB of their own. */
async function findSerial(): Promise<SerialLike | null> {
  // a node in memory runs where there is no browser around it
  if (typeof navigator === 'undefined') return null
  if ('serial' in navigator && isSerial(navigator.serial)) return navigator.serial
  if (!('usb' in navigator)) return null
  const { serial } = await import('web-serial-polyfill')
  return isSerial(serial) ? serial : null
}

/** The sticks of this device, opened in this worker once the page has asked for their ports. */
export function createBrowserSticks(runtime: Runtime): Sticks {
  const adapter = (id: AdapterId): Promise<Adapter> => ADAPTERS[id]()
  return createSticks({
    runtime,
    serial: findSerial,
    adapter,
    async simulate(id, settings) {
      const { createSimulatedVillage } = await import('./simulated-village.ts')
      return createSimulatedVillage({ runtime, adapter: await adapter(id), settings })
    },
  })
}
