import type { Output } from '#protocol/core/capability.ts'
import type { registryList } from '#protocol/protocol/capabilities.ts'

export type Entry = Output<typeof registryList>['entries'][number]

/** One program of one vendor at one version, on however many devices. */
export interface Implementation {
  readonly key: string
  /** The one that told of it last. */
  readonly newest: Entry
  readonly devices: number
  /** Whether a member has said so, and not only somebody from outside. */
  readonly vouched: boolean
  /** The newest run of the suite on any of the devices. */
  readonly ran: NonNullable<Entry['conformance']> | null
}

const later = (a: string, b: string): boolean => Date.parse(a) > Date.parse(b)

/** Entries are by device; people think in programs. Two vendors with one name stay two (PRO-7). */
export function implementationsOf(entries: readonly Entry[]): Implementation[] {
  const groups = new Map<string, Implementation>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.vendor, entry.name, entry.version])
    const known = groups.get(key)
    const { conformance } = entry
    const ran = known?.ran && !(conformance && later(conformance.ended_at, known.ran.ended_at)) ? known.ran : conformance
    groups.set(key, {
      key,
      newest: known && !later(entry.issued_at, known.newest.issued_at) ? known.newest : entry,
      devices: (known?.devices ?? 0) + 1,
      vouched: known?.vouched === true || entry.from === 'member',
      ran,
    })
  }
  return [...groups.values()]
}
