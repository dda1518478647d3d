import type { NodeId } from '#protocol/core/ids.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { LORA_PANICS_MAX } from '#protocol/lora/constants.ts'
import { panicEnded, panicSent } from '#protocol/lora/events.ts'
import { senderHashOf } from '#protocol/lora/frame.ts'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { defineView, type View } from '../../kernel/views.ts'
import type { PeerMap, Reception } from './peer-map.ts'
import type { Verdict } from './prover.ts'

/** A call for help nobody has heard of for this long is history. */
const SHOWN_MS = 86_400_000

/** What a member said of themselves over the mesh, the last word first. */
interface CallRow {
  readonly nodeId: NodeId
  readonly since: string
  /** When they said that it is over; null while it is not. */
  readonly endedAt: string | null
}

export const callsView = defineView<{ readonly kind: 'sent' | 'ended'; readonly at: string }, CallRow>({
  id: 'lora.calls',
  version: 1,
  events: [panicSent, panicEnded],
  map: ({ event }) => [
    {
      entity: event.author,
      item: {
        kind: event.event_type === panicSent.type ? 'sent' : 'ended',
        // the type's own check ran when the event was stored
        at: (event.data as EventData<typeof panicEnded>).at,
      },
    },
  ],
  fold(entity, parts) {
    const last = parts.at(-1)?.item
    const call = parts.findLast(({ item }) => item.kind === 'sent')?.item
    if (!last || !call) return null
    // `map` gave the author as entity
    return { nodeId: entity as NodeId, since: call.at, endedAt: last.kind === 'ended' ? last.at : null }
  },
  indexes: {},
})

interface Panic {
  since: number
  last: Reception
  verdict: Verdict
  frames: number
  over: PanicRecord['over']
  /** When the frame came that said so. A frame is often proven later than it came: what orders is when it came. */
  overAt: number
}

/** Calls for help that are heard, whoever sends them (LOR-4). */
export interface Panics {
  /** @returns whether there is something new to show */
  heard(reception: Reception, verdict: Verdict): boolean
  /** Newest first. @param now milliseconds since 1970 */
  list(now: number): PanicRecord[]
  clear(): void
}

export interface PanicsDeps {
  readonly calls: View<CallRow>
  readonly self: NodeId
  readonly who: PeerMap['who']
}

const isSurer = (a: Verdict, b: Verdict): boolean => a.proof === 'proven' && b.proof !== 'proven'

export function createPanics({ calls, self, who }: PanicsDeps): Panics {
  // in the order in which they were last heard
  const panics = new Map<string, Panic>()

  /** Room is made by those that anybody can have sent; a proven one goes only for another proven one. */
  function makeRoom(): void {
    if (panics.size <= LORA_PANICS_MAX) return
    const victim = [...panics].find(([, { verdict }]) => verdict.proof !== 'proven') ?? [...panics][0]
    if (victim) panics.delete(victim[0])
  }

  function called(hash: string, reception: Reception, verdict: Verdict): boolean {
    const known = panics.get(hash)
    const isAgain = known?.over === 'proven' || (known?.over === 'said' && !isSurer(known.verdict, verdict))
    if (!known || (isAgain && reception.at > known.overAt)) {
      panics.delete(hash)
      panics.set(hash, { since: reception.at, last: reception, verdict, frames: 1, over: 'no', overAt: 0 })
      makeRoom()
      return true
    }
    // what anybody can send says nothing about a call that is proven, not even where it is heard from
    if (isSurer(known.verdict, verdict)) return false
    const better = isSurer(verdict, known.verdict)
    known.frames++
    known.verdict = verdict
    if (reception.at < known.last.at) return better
    known.last = reception
    panics.delete(hash)
    panics.set(hash, known)
    return better
  }

  function fine(hash: string, { at }: Reception, { proof }: Verdict): boolean {
    const known = panics.get(hash)
    if (!known || known.over === 'proven' || at < known.since) return false
    const over = proof === 'proven' ? 'proven' : 'said'
    const changed = known.over !== over
    known.over = over
    known.overAt = at
    return changed
  }

  function recordOf(hash: string, { since, last, verdict, frames, over }: Panic): PanicRecord {
    return {
      sender_hash: hash,
      ...who(hash, verdict.proof === 'proven' ? verdict.nodeId : null),
      via: 'radio',
      since: wireTime(since),
      last_heard_at: wireTime(last.at),
      frames,
      proof: verdict.proof,
      doubt: verdict.doubt,
      over,
      rssi_dbm: last.signal.rssiDbm,
      snr_db: last.signal.snrDb,
    }
  }

  function callRecord({ nodeId, since, endedAt }: CallRow): PanicRecord {
    const hash = senderHashOf(nodeId)
    return {
      sender_hash: hash,
      ...who(hash, nodeId),
      via: 'network',
      since,
      last_heard_at: since,
      frames: 0,
      proof: 'proven',
      doubt: null,
      over: endedAt ? 'proven' : 'no',
      rssi_dbm: null,
      snr_db: null,
    }
  }

  /** What their signed word adds to what the radio heard. */
  function joined(radio: PanicRecord, call: PanicRecord | undefined): PanicRecord {
    if (!call) return radio
    const over = call.over === 'proven' ? 'proven' : radio.over
    // what the radio knows begins anew with the node, their word does not
    const since = call.over === 'no' && call.since < radio.since ? call.since : radio.since
    return { ...radio, node_id: call.node_id, since, proof: 'proven', doubt: null, over }
  }

  return {
    heard(reception, verdict) {
      const { senderHash, flags } = reception.frame
      if (who(senderHash).state === 'blocked' && verdict.proof !== 'proven') return false
      if (flags.panic) return called(senderHash, reception, verdict)
      return flags.ok && fine(senderHash, reception, verdict)
    },

    list(now) {
      const isShown = ({ last_heard_at }: PanicRecord): boolean => now - Date.parse(last_heard_at) < SHOWN_MS
      const network = calls
        .rows()
        .filter(({ nodeId }) => nodeId !== self)
        .map(callRecord)
        .filter(isShown)
      const radio = [...panics].map(([hash, panic]) => recordOf(hash, panic)).filter(isShown)
      const heard = new Set(radio.map(({ sender_hash }) => sender_hash))
      return [
        ...radio.map((record) =>
          joined(
            record,
            network.find((call) => call.sender_hash === record.sender_hash),
          ),
        ),
        ...network.filter(({ sender_hash }) => !heard.has(sender_hash)),
      ].sort((a, b) => (a.last_heard_at < b.last_heard_at ? 1 : -1))
    },

    clear: () => panics.clear(),
  }
}
