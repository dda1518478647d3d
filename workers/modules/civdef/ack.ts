import type { Ack, Alert } from '#protocol/civdef/alert.ts'
import { CIVDEF_ACK_MAX_PER_MINUTE_PER_NODE } from '#protocol/civdef/constants.ts'
import type { AckBoard } from '#protocol/civdef/records.ts'
import { within } from '#protocol/civdef/terms.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import type { HeardAck } from './store.ts'

const MINUTE_MS = 60_000

/** Whether one more ack of this node for this alert is too many for a minute. @param earlier times in ms since 1970 */
export function tooMany(earlier: readonly number[], now: number): boolean {
  const recent = earlier.filter((at) => now - at < MINUTE_MS)
  return recent.length >= CIVDEF_ACK_MAX_PER_MINUTE_PER_NODE
}

/** How long until the next one may come, in ms. */
export function waitFor(earlier: readonly number[], now: number): number {
  const recent = earlier.filter((at) => now - at < MINUTE_MS).sort((a, b) => a - b)
  const first = recent.at(-CIVDEF_ACK_MAX_PER_MINUTE_PER_NODE)
  return first === undefined ? 0 : Math.max(0, first + MINUTE_MS - now)
}

/**
 * Acks that count: what an honest node sends, at most five a minute each, by their own times (CIV-11). Every node that holds the
 * same acks counts the same ones.
 */
function counted(heard: readonly HeardAck[]): readonly HeardAck[] {
  const times = new Map<NodeId, number[]>()
  return heard.filter(({ ack }) => {
    const at = Date.parse(ack.acked_at)
    const own = times.get(ack.acked_by) ?? []
    const near = own.filter((one) => Math.abs(one - at) < MINUTE_MS)
    if (near.length >= CIVDEF_ACK_MAX_PER_MINUTE_PER_NODE) return false
    times.set(ack.acked_by, [...own, at])
    return true
  })
}

export interface BoardInput {
  readonly alert: Alert
  readonly heard: readonly HeardAck[]
  readonly nameOf: (nodeId: NodeId) => string
  /** The role somebody gives it in, where the certificate holds. */
  readonly roleOf: (ack: Ack) => string | null
  /** Holders of good certificates in the target: who is waited for. */
  readonly holders: readonly { readonly nodeId: NodeId; readonly role: string }[]
  /** Members' devices that said they hold the alert. */
  readonly holding: readonly NodeId[]
  readonly now: number
}

function median(sorted: readonly number[]): number | null {
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}

/** Who answered what, by role, who has not, and how long it took (CIV-11). */
export function boardOf({ alert, heard, nameOf, roleOf, holders, holding, now }: BoardInput): AckBoard {
  const newest = new Map<NodeId, HeardAck>()
  const firstAt = new Map<NodeId, number>()
  for (const one of counted(heard)) {
    newest.delete(one.ack.acked_by)
    newest.set(one.ack.acked_by, one)
    const at = Date.parse(one.ack.acked_at)
    firstAt.set(one.ack.acked_by, Math.min(firstAt.get(one.ack.acked_by) ?? at, at))
  }
  const counts = { received: 0, acting: 0, need_help: 0, standing_down: 0, mistaken: 0 }
  for (const { ack } of newest.values()) counts[ack.status]++
  const wanted = holders.filter(
    ({ role }) => alert.target.roles.length === 0 || alert.target.roles.some((one) => within(role, one)),
  )
  const roles = [...new Set(wanted.map(({ role }) => role))].sort()
  const published = Date.parse(alert.published_at)
  // a clock that runs behind cannot answer before it was asked
  const delays = [...firstAt.values()].map((at) => Math.max(0, Math.round((at - published) / 1000))).sort((a, b) => a - b)
  return {
    acks: [...newest.values()].reverse().map(({ ack, cid }) => ({
      ack,
      content_id: cid,
      display_name: nameOf(ack.acked_by),
      role: roleOf(ack),
    })),
    counts,
    by_role: roles.map((role) => {
      const people = [...new Set(wanted.filter((one) => one.role === role).map(({ nodeId }) => nodeId))]
      return {
        role,
        acked: people.filter((nodeId) => newest.has(nodeId)),
        waiting: people.filter((nodeId) => !newest.has(nodeId)),
      }
    }),
    // whoever answered holds it; those who hold it in silence said so to the heartbeat
    holding: new Set([...holding, ...newest.keys()]).size,
    first_after_seconds: delays[0] ?? null,
    median_after_seconds: median(delays),
    as_of: wireTime(now),
  }
}
