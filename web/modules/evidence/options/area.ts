import type { Input } from '#protocol/core/capability.ts'
import type { ebkhPull } from '#protocol/evidence/desk-capabilities.ts'

type Of = Input<typeof ebkhPull>['of']
/** West, south, east, north in degrees (WGS 84). */
export type Box = Extract<Of, { readonly bbox: unknown }>['bbox']

const KM_PER_DEGREE = 111.32

/** A number of degrees as people write it, with comma or point; null when it is none within ±`limit`. */
export function degrees(text: string, limit: 90 | 180): number | null {
  const typed = text.trim().replace(',', '.')
  if (!/^-?\d{1,3}(\.\d+)?$/.test(typed)) return null
  const value = Number(typed)
  return Math.abs(value) <= limit ? value : null
}

const within = (value: number, limit: number): number => Math.round(Math.min(limit, Math.max(-limit, value)) * 1e6) / 1e6

/** The box around a circle. At the date line and the poles it ends, as the contract has no box that goes around. */
export function boxAround(latitude: number, longitude: number, km: number): Box {
  const high = km / KM_PER_DEGREE
  // towards the poles a degree of longitude becomes nothing
  const wide = high / Math.max(0.01, Math.cos((latitude * Math.PI) / 180))
  return {
    west: within(longitude - wide, 180),
    south: within(latitude - high, 90),
    east: within(longitude + wide, 180),
    north: within(latitude + high, 90),
  }
}
