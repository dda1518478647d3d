import type { AdapterId } from '#protocol/lora/records.ts'
import type { PortLike } from './serial-port.ts'

export interface NamedPort {
  readonly portId: string
  readonly port: PortLike
}

const hex = (value: number): string => value.toString(16).padStart(4, '0')

/**
 * Names that a port keeps when it is pulled and plugged in again, although the browser has a new object for it then: what
 * kind of device it is, and which one among those alike.
 */
export function namePorts(ports: readonly PortLike[]): readonly NamedPort[] {
  const alike = new Map<string, number>()
  return ports.map((port) => {
    const { usbVendorId, usbProductId } = port.getInfo()
    const kind = usbVendorId === undefined ? 'serial' : `${hex(usbVendorId)}:${hex(usbProductId ?? 0)}`
    const nth = (alike.get(kind) ?? 0) + 1
    alike.set(kind, nth)
    return { portId: `${kind}#${nth}`, port }
  })
}

/**
 * Boards that come with one firmware. Espressif's own and the usual bridge chips are on boards for every firmware.
 * Source: usb.org's list of vendors; what the makers deliver.
 */
const LIKELY: Readonly<Record<number, AdapterId>> = {
  // Adafruit's nRF52 bootloader: RAK4631, T-Echo
  9114: 'meshtastic',
  // Seeed Studio: T1000-E, XIAO
  10374: 'meshtastic',
}

export const likelyAdapter = (usbVendorId: number | null): AdapterId | null => LIKELY[usbVendorId ?? -1] ?? null
