import { useEffect } from 'react'
import { batteryReport } from '#protocol/lora/capabilities.ts'
import { useCall } from '../../../port/hooks.ts'

/** Below this a device says that it may soon be silent. */
const LOW = 0.2

/** What browsers built on Chromium tell of the battery; the others tell nothing. */
interface Battery extends EventTarget {
  readonly charging: boolean
  readonly level: number
}

const isBattery = (value: unknown): value is Battery =>
  value instanceof EventTarget && 'level' in value && typeof value.level === 'number' && 'charging' in value

async function batteryOf(device: Navigator): Promise<Battery | null> {
  if (!('getBattery' in device) || typeof device.getBattery !== 'function') return null
  const battery: unknown = await device.getBattery()
  return isBattery(battery) ? battery : null
}

/** Tells the node, which cannot ask itself, when the battery runs low: beacons say so. */
export function useBattery(): void {
  const { run } = useCall(batteryReport)
  useEffect(() => {
    let letGo = (): void => undefined
    let wanted = true
    let last: boolean | null = null
    const watch = (battery: Battery) => {
      const report = () => {
        const low = !battery.charging && battery.level <= LOW
        if (low !== last) void run({ low })
        last = low
      }
      battery.addEventListener('levelchange', report)
      battery.addEventListener('chargingchange', report)
      letGo = () => {
        battery.removeEventListener('levelchange', report)
        battery.removeEventListener('chargingchange', report)
      }
      report()
    }
    batteryOf(navigator).then(
      (battery) => {
        if (battery && wanted) watch(battery)
      },
      () => undefined, // a browser that refuses to tell is as one that does not know
    )
    return () => {
      wanted = false
      letGo()
    }
  }, [run])
}
