import type { Static } from '@sinclair/typebox'
import { OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import type { SubBand } from '#protocol/lora/sub-bands.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import { unlessFull } from './steadfast.ts'

const TransmissionSchema = Strict({
  /** Milliseconds since 1970. */
  at: Type.Number(),
  sub_band: Type.String(),
  airtime_ms: Type.Number(),
  kind: OneOf(['beacon', 'panic', 'test']),
  overridden: Type.Boolean(),
})
export type Transmission = Static<typeof TransmissionSchema>
export type SendKind = Transmission['kind']

/** The longest window of any region; what is older counts nowhere. */
const KEEP_MS = 3_600_000
/** More than this in one hour are folded together, with the later time: that costs budget, never gains any. */
const MAX_ENTRIES = 512

/** `lora.ledger` on the shelf: what was sent within the last hour, so that a restart forgets nothing (LOR-1). */
export const LedgerSchema = Strict({ sent: Type.Array(TransmissionSchema, { maxItems: MAX_ENTRIES }) })
export const EMPTY_LEDGER: Static<typeof LedgerSchema> = { sent: [] }

export interface Ledger {
  usedMs(band: SubBand): number
  /**
   * When so much airtime may go, in milliseconds since 1970: now, or later; never for more than the whole limit.
   * @param spareMs what must still be free afterwards
   */
  mayAt(band: SubBand, airtimeMs: number, spareMs?: number): number
  /** Writes a transmission down, durably, before it is made: a crash in between costs budget, the other way round it would break the rule. */
  reserve(band: SubBand, airtimeMs: number, kind: SendKind, overridden: boolean): Promise<Reservation>
  /** Newest first. */
  sent(): readonly Transmission[]
}

export interface Reservation {
  /** The stick said it has not sent: the airtime is free again. */
  release(): Promise<void>
  /** The stick said how long it really took, where that is more. */
  settle(airtimeMs: number): Promise<void>
}

/** One transmission with its time on a clock that nobody can set. */
interface Entry {
  readonly transmission: Transmission
  readonly monotonic: number
}

/** Airtime in a sliding window per sub-band (LOR-1). */
export function createLedger(runtime: Runtime, drawer: Drawer<Static<typeof LedgerSchema>>): Ledger {
  // a wall clock that was set back must not make an old frame young forever, nor one that was set forward make it old: within one
  // run the monotonic clock counts, and what was sent "in the future" counts as sent now
  const now = runtime.now()
  let entries: readonly Entry[] = drawer.get().sent.map((transmission) => ({
    transmission,
    monotonic: runtime.monotonic() - Math.max(0, now - transmission.at),
  }))

  const age = (entry: Entry): number => runtime.monotonic() - entry.monotonic

  const within = ({ name, windowSeconds }: SubBand): readonly Entry[] =>
    entries.filter((entry) => entry.transmission.sub_band === name && age(entry) < windowSeconds * 1000)

  const sum = (of: readonly Entry[]): number => of.reduce((total, { transmission }) => total + transmission.airtime_ms, 0)

  /** The two oldest of one sub-band become one, at the later one's time. */
  function folded(all: readonly Entry[]): readonly Entry[] {
    if (all.length <= MAX_ENTRIES) return all
    const [oldest, ...rest] = all
    const at = rest.findIndex(({ transmission }) => transmission.sub_band === oldest?.transmission.sub_band)
    const next = rest[at]
    if (!oldest || !next) return all.slice(-MAX_ENTRIES)
    const airtime_ms = oldest.transmission.airtime_ms + next.transmission.airtime_ms
    return folded(rest.with(at, { ...next, transmission: { ...next.transmission, airtime_ms } }))
  }

  async function keep(next: readonly Entry[]): Promise<void> {
    const kept = folded(next.filter((entry) => age(entry) < KEEP_MS))
    // in memory first: two sends at once must see each other
    entries = kept
    await drawer.set({ sent: kept.map(({ transmission }) => transmission) })
  }

  return {
    usedMs: (band) => sum(within(band)),

    mayAt(band, airtimeMs, spareMs = 0) {
      if (airtimeMs > band.limitMs) return Number.POSITIVE_INFINITY
      // what cannot be spared in the whole window is not spared
      const wanted = Math.min(airtimeMs + spareMs, band.limitMs)
      const inWindow = within(band)
      let used = sum(inWindow)
      if (used + wanted <= band.limitMs) return runtime.now()
      for (const entry of inWindow) {
        used -= entry.transmission.airtime_ms
        if (used + wanted <= band.limitMs) {
          return runtime.now() + Math.ceil(band.windowSeconds * 1000 - age(entry))
        }
      }
      return Number.POSITIVE_INFINITY
    },

    async reserve(band, airtimeMs, kind, overridden) {
      let transmission: Transmission = {
        at: runtime.now(),
        sub_band: band.name,
        airtime_ms: airtimeMs,
        kind,
        overridden,
      }
      const monotonic = runtime.monotonic()
      const kept = keep([...entries, { transmission, monotonic }])
      // a beacon can wait for room on the device, a call for help goes by what is in memory
      await (kind === 'panic' ? unlessFull(kept) : kept)
      return {
        release: () => keep(entries.filter((entry) => entry.transmission !== transmission)),
        async settle(real) {
          if (real <= transmission.airtime_ms) return
          const longer = { ...transmission, airtime_ms: real }
          const before = transmission
          transmission = longer
          await keep(entries.map((entry) => (entry.transmission === before ? { transmission: longer, monotonic } : entry)))
        },
      }
    },

    sent: () => entries.map(({ transmission }) => transmission).reverse(),
  }
}
