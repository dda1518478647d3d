import type { BudgetRecord } from '#protocol/lora/records.ts'

/** How much of the permitted airtime is used, 0 to 1. */
export const usedShare = ({ used_ms, limit_ms }: BudgetRecord): number => (limit_ms === 0 ? 1 : Math.min(1, used_ms / limit_ms))

/** Beacons that still fit now. */
export const beaconsLeft = ({ used_ms, limit_ms, beacon_ms }: BudgetRecord): number =>
  beacon_ms === 0 ? 0 : Math.max(0, Math.floor((limit_ms - used_ms) / beacon_ms))

/** When a beacon may go, ms since 1970; null while it may go now. */
export function waitsUntil({ next_at }: BudgetRecord, now: number): number | null {
  const at = next_at === null ? null : Date.parse(next_at)
  return at !== null && at > now ? at : null
}
