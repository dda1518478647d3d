import { toHearthError } from '#protocol/core/errors.ts'
import { displayNodeId, type NodeId, wireTime } from '#protocol/core/ids.ts'
import { dutyCycle, loraStatus, peerDecide, peerList, peerVerify, recentBeacons } from '#protocol/lora/capabilities.ts'
import { LORA_PANIC_BURST_COUNT, LORA_RX_QUEUE_MAX } from '#protocol/lora/constants.ts'
import { panicReceived, peerConflict, peerVerified } from '#protocol/lora/events.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import type { BudgetRecord } from '#protocol/lora/records.ts'
import { SUB_BANDS } from '#protocol/lora/sub-bands.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Ledger } from './duty-cycle.ts'
import type { HeardByAsker } from './heard-by.ts'
import type { Herald } from './herald.ts'
import type { Listener } from './listener.ts'
import type { OwnChains } from './own-chain.ts'
import type { Panics } from './panics.ts'
import type { PeerMap } from './peer-map.ts'
import type { Sender } from './sender.ts'
import type { StickHolder } from './stick-holder.ts'
import type { Channel, Transmitter } from './transmitter.ts'

/** Whoever was not heard for so many intervals is not counted as heard now. */
const HEARING_INTERVALS = 3

interface ReadingDeps extends Pick<ModuleDeps, 'bus' | 'runtime' | 'config' | 'members'> {
  readonly self: NodeId
  readonly herald: Herald
  readonly holder: StickHolder
  readonly ledger: () => Ledger
  readonly transmitter: Transmitter
  readonly sender: Sender
  readonly listener: Listener
  readonly peers: PeerMap
  readonly panics: Panics
  readonly chains: OwnChains
  readonly heardBy: HeardByAsker
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : wireTime(ms))

/** What the screens read, and what a person decides about whom. */
export function serveReading(deps: ReadingDeps): (() => void)[] {
  const { bus, runtime, config, members, self, herald, holder, transmitter, sender, listener, peers, panics } = deps

  /** Null without a stick, and where its settings are against the rules of the region. */
  function channel(): Channel | null {
    try {
      return transmitter.channel()
    } catch (error) {
      if (toHearthError(error).code === 'internal_error') throw error
      return null
    }
  }

  function budgetOf({ band, frameMs, spareMs }: Channel): BudgetRecord {
    const mayAt = deps.ledger().mayAt(band, frameMs, spareMs)
    return {
      sub_band: band.name,
      used_ms: deps.ledger().usedMs(band),
      limit_ms: band.limitMs,
      window_seconds: band.windowSeconds,
      beacon_ms: frameMs,
      next_at: mayAt > runtime.now() && Number.isFinite(mayAt) ? wireTime(mayAt) : null,
    }
  }

  function panicOf() {
    const panic = sender.ownPanic()
    if (panic) {
      return {
        since: wireTime(panic.since),
        cause: 'person' as const,
        frames_sent: panic.frames_sent,
        frames_total: LORA_PANIC_BURST_COUNT,
        overridden: panic.overridden,
      }
    }
    const since = sender.alertSince()
    if (since === null) return null
    return { since: wireTime(since), cause: 'alert' as const, frames_sent: 0, frames_total: 1, overridden: false }
  }

  return [
    bus.handle(loraStatus, async () => {
      const { lora } = config()
      const now = runtime.now()
      const current = channel()
      const { received, malformed, limited, duplicate, blocked, proven, forged, late, replayed } = listener.counts
      const state: 'unavailable' | 'ready' = holder.session() === null ? 'unavailable' : 'ready'
      return {
        state,
        stick: holder.record(),
        me: { node_id: self, sender_hash: senderHashOf(self), short_id: displayNodeId(self) },
        frames: lora.frames,
        anchored: deps.chains.isAnchored(),
        interval_seconds: lora.interval_seconds,
        last_sent_at: timeOrNull(transmitter.lastSentAt()),
        next_beacon_at: state === 'ready' ? timeOrNull(sender.nextAt()) : null,
        flags: sender.flags(),
        budget: current && budgetOf(current),
        panic_override: lora.panic_override,
        heard_by: deps.heardBy.all().map(({ nodeId, at, rssiDbm, snrDb }) => ({
          node_id: nodeId,
          display_name: members.get(nodeId)?.displayName ?? '',
          at,
          rssi_dbm: rssiDbm,
          snr_db: snrDb,
        })),
        echoed_at: timeOrNull(listener.echoedAt()),
        hearing: peers.countSince(now - HEARING_INTERVALS * lora.interval_seconds * 1000),
        panic: panicOf(),
        panics: panics.list(now),
        queue: { length: listener.queueLength, max: LORA_RX_QUEUE_MAX, dropped: listener.counts.dropped },
        counts: { received, malformed, limited, duplicate, blocked, proven, forged, late, replayed },
      }
    }),

    bus.handle(peerList, async () => ({ peers: peers.list() })),

    bus.handle(recentBeacons, async ({ limit, sender_hash }) => ({ beacons: listener.recent(limit, sender_hash) })),

    bus.handle(peerVerify, async ({ sender_hash, node_id }) => {
      try {
        await peers.verify(sender_hash, node_id)
      } catch (error) {
        if (toHearthError(error).code === 'lora_peer_conflict') herald.tell(peerConflict)
        throw error
      }
      herald.tell(peerVerified)
      herald.tell(panicReceived)
      return {}
    }),

    bus.handle(peerDecide, async ({ sender_hash, decision }) => {
      await peers.decide(sender_hash, decision)
      herald.tell(peerVerified)
      herald.tell(panicReceived)
      return {}
    }),

    bus.handle(dutyCycle, async () => {
      const { region } = config().lora
      const current = channel()
      return {
        region,
        bands: SUB_BANDS[region].map((band) => ({
          sub_band: band.name,
          from_hz: band.fromHz,
          to_hz: band.toHz,
          used_ms: deps.ledger().usedMs(band),
          limit_ms: band.limitMs,
          window_seconds: band.windowSeconds,
          dwell_ms: band.dwellMs,
          source: band.source,
          current: current?.band === band,
        })),
        sent: deps
          .ledger()
          .sent()
          .map(({ at, ...transmission }) => ({ at: wireTime(at), ...transmission })),
      }
    }),
  ]
}
