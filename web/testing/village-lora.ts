import type { Output } from '#protocol/core/capability.ts'
import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import * as lora from '#protocol/lora/capabilities.ts'
import { beaconSent, panicEnded, panicSent, peerVerified, stickChanged } from '#protocol/lora/events.ts'
import type { BeaconRecord, BudgetRecord, Flags, PanicRecord, PeerRecord, StickRecord } from '#protocol/lora/records.ts'
import type { FakeClient } from './fake-client.ts'
import { type Community, NAMES, nodeIdFor } from './village.ts'

/** What Anna's radio is going through. */
export const LORA_SCENES = ['off', 'none', 'waiting', 'ready', 'simulated', 'calling', 'exhausted', 'panic', 'alleged'] as const
export type LoraScene = (typeof LORA_SCENES)[number]

export interface VillageLoraOptions {
  readonly village: Community
  readonly scene: LoraScene
  readonly isOn: () => boolean
}

type Status = Output<typeof lora.loraStatus>

const MINUTE_MS = 60_000
const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE_MS).toISOString()
const hashOfNode = (id: NodeId): string => toHex(sha256(utf8(id)).subarray(0, 4))
const NO_FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }
const QUIET: StickRecord = { state: 'none', adapter: null, problem: null, firmware: null, settings: null, simulated: false }
const READY: StickRecord = {
  state: 'ready',
  adapter: 'meshtastic',
  problem: null,
  firmware: 'Meshtastic 2.6.11 (Heltec V3)',
  settings: {
    frequency_hz: 869_525_000,
    bandwidth_hz: 125_000,
    spreading_factor: 9,
    coding_rate: 5,
    preamble_symbols: 8,
    tx_power_dbm: 14,
  },
  simulated: false,
}
const STICKS: Readonly<Partial<Record<LoraScene, StickRecord>>> = {
  off: QUIET,
  none: QUIET,
  waiting: { ...READY, state: 'waiting', problem: 'unplugged' },
  simulated: { ...READY, simulated: true, firmware: null },
}
const BUDGET: BudgetRecord = {
  sub_band: '869.4-869.65',
  used_ms: 42_000,
  limit_ms: 360_000,
  window_seconds: 3600,
  beacon_ms: 246.784,
  next_at: null,
}

/** Senders of every kind: confirmed and not, members and strangers, near and far, honest and not. */
function peersOf(): PeerRecord[] {
  const base = (name: string): PeerRecord => {
    const id = nodeIdFor(name)
    return {
      sender_hash: hashOfNode(id),
      state: 'confirmed',
      node_id: id,
      display_name: name,
      settled: true,
      candidates: [{ node_id: id, display_name: name, short_id: displayNodeId(id) }],
      first_heard_at: ago(4000),
      last_heard_at: ago(3),
      last_proven_at: ago(12),
      rssi_dbm: -84,
      snr_db: 9,
      frames: 212,
      version: 2,
      flags: NO_FLAGS,
      proof: 'pending',
      doubt: null,
      anchored: true,
      clock_ahead_seconds: null,
    }
  }
  const stranger: Partial<PeerRecord> = {
    node_id: null,
    display_name: null,
    candidates: [],
    last_proven_at: null,
    anchored: false,
  }
  return [
    { ...base(NAMES[1]), flags: { ...NO_FLAGS, ok: true, gateway: true } },
    { ...base(NAMES[2]), rssi_dbm: -108, snr_db: 3, flags: { ...NO_FLAGS, ok: true }, proof: 'proven', last_proven_at: ago(3) },
    { ...base(NAMES[3]), rssi_dbm: -121, snr_db: -9, last_proven_at: ago(300), flags: { ...NO_FLAGS, low_battery: true } },
    { ...base(NAMES[4]), state: 'candidate', settled: false, rssi_dbm: -97 },
    {
      ...base(NAMES[7]),
      state: 'candidate',
      settled: false,
      last_proven_at: null,
      proof: 'unproven',
      doubt: 'unsigned',
      version: 1,
      flags: { ...NO_FLAGS, ok: true },
    },
    { ...base(NAMES[5]), last_proven_at: null, proof: 'unproven', doubt: 'forged', rssi_dbm: -119, snr_db: -2 },
    {
      ...base('stranger'),
      ...stranger,
      state: 'unknown',
      settled: false,
      proof: 'unproven',
      doubt: 'no_anchor',
      rssi_dbm: null,
      snr_db: null,
    },
    {
      ...base('another'),
      ...stranger,
      state: 'conflict',
      settled: false,
      proof: 'unproven',
      doubt: 'no_anchor',
      rssi_dbm: -112,
      snr_db: -6,
    },
    { ...base(NAMES[8]), last_heard_at: ago(190), last_proven_at: ago(200) },
    { ...base('pest'), ...stranger, state: 'blocked', proof: 'unproven', doubt: 'unsigned', last_heard_at: ago(1) },
  ]
}

const beaconsOf = (peers: readonly PeerRecord[]): readonly BeaconRecord[] =>
  peers
    .filter(({ state }) => state !== 'blocked')
    .map((peer, at) => ({
      beacon_id: `${peer.sender_hash}:${1_760_000_000 + at}:${at}`,
      sender_hash: peer.sender_hash,
      state: peer.state,
      node_id: peer.node_id,
      display_name: peer.display_name,
      heard_at: ago(2 + at * 3),
      sent_at: ago(2 + at * 3),
      sequence: at,
      version: peer.version,
      flags: peer.flags,
      proof: at === 1 ? 'proven' : peer.proof,
      doubt: at === 1 ? null : peer.doubt,
      rssi_dbm: peer.rssi_dbm,
      snr_db: peer.snr_db,
    }))

function panicsOf(scene: LoraScene, peers: readonly PeerRecord[]): readonly PanicRecord[] {
  const call = (at: number, changes: Partial<PanicRecord>): readonly PanicRecord[] =>
    peers.slice(at, at + 1).map(({ sender_hash, state, node_id, display_name }) => ({
      sender_hash,
      state,
      node_id,
      display_name,
      via: 'radio',
      since: ago(2),
      last_heard_at: ago(1),
      frames: 3,
      proof: 'proven',
      doubt: null,
      over: 'no',
      rssi_dbm: -101,
      snr_db: 2,
      ...changes,
    }))
  if (scene === 'panic') return call(1, {})
  if (scene !== 'alleged') return []
  return [
    ...call(5, { proof: 'unproven', doubt: 'unsigned', since: ago(4) }),
    ...call(6, { proof: 'unproven', doubt: 'no_anchor', over: 'said', rssi_dbm: null }),
  ]
}

/** A stick in Anna's hand, and who sends around her. */
export function answerLora(client: FakeClient, { village, scene, isOn }: VillageLoraOptions): void {
  let stick = STICKS[scene] ?? READY
  let peers = peersOf()
  let panic: Status['panic'] =
    scene === 'calling' ? { since: ago(1), cause: 'person', frames_sent: 3, frames_total: 3, overridden: true } : null
  let sentAt: string | null = scene === 'none' ? null : ago(4)
  const me = nodeIdFor(NAMES[0])
  const need = (): void => {
    if (!isOn()) throw new HearthError('experimental_disabled', 'the radio is switched off')
  }
  const find = (hash: string): PeerRecord => {
    const found = peers.find(({ sender_hash }) => sender_hash === hash)
    if (!found) throw new HearthError('lora_peer_unknown', 'never heard')
    return found
  }
  const change = (hash: string, changes: Partial<PeerRecord>): void => {
    find(hash)
    peers = peers.map((peer) => (peer.sender_hash === hash ? { ...peer, ...changes } : peer))
    client.emit(peerVerified)
  }

  client.answer(lora.loraStatus, (): Status => {
    need()
    const ready = stick.state === 'ready'
    return {
      state: ready ? 'ready' : 'unavailable',
      stick,
      me: { node_id: me, sender_hash: hashOfNode(me), short_id: displayNodeId(me) },
      frames: 'v2',
      anchored: true,
      interval_seconds: 600,
      last_sent_at: sentAt,
      next_beacon_at: ready ? ago(-6) : null,
      flags: NO_FLAGS,
      budget: !ready ? null : scene === 'exhausted' ? { ...BUDGET, used_ms: 359_900, next_at: ago(-7) } : BUDGET,
      panic_override: true,
      heard_by: ready
        ? village.members.slice(1, 3).map(({ node_id, display_name }, at) => ({
            node_id,
            display_name,
            at: ago(4 + at),
            rssi_dbm: -88 - 30 * at,
            snr_db: 7 - 12 * at,
          }))
        : [],
      echoed_at: null,
      hearing: 7,
      panic,
      panics: [...panicsOf(scene, peers)],
      queue: { length: 0, max: 256, dropped: 0 },
      counts: {
        received: 412,
        malformed: 3,
        limited: 0,
        duplicate: 12,
        blocked: 4,
        proven: 300,
        forged: 1,
        late: 0,
        replayed: 0,
      },
    }
  })
  client.answer(lora.peerList, () => {
    need()
    return { peers: [...peers] }
  })
  client.answer(lora.recentBeacons, ({ limit }) => ({ beacons: beaconsOf(peers).slice(0, limit) }))
  client.answer(lora.peerVerify, ({ sender_hash, node_id }) => {
    if (hashOfNode(node_id) !== sender_hash) throw new HearthError('lora_peer_conflict', 'not the hash of this NodeID')
    const name = village.members.find((member) => member.node_id === node_id)?.display_name ?? null
    change(sender_hash, { state: 'confirmed', node_id, display_name: name, settled: true })
    return {}
  })
  client.answer(lora.peerDecide, ({ sender_hash, decision }) => {
    const decided = {
      keep: { settled: true },
      block: { state: 'blocked', settled: true },
      forget: { state: 'unknown', settled: false },
    } as const
    change(sender_hash, decided[decision])
    return {}
  })
  client.answer(lora.beaconSend, () => {
    sentAt = new Date().toISOString()
    client.emit(beaconSent)
    return { beacon_id: `${hashOfNode(me)}:1760000000:1`, sent_at: sentAt, airtime_ms: 246.784 }
  })
  client.answer(lora.panicSend, () => {
    panic = { since: new Date().toISOString(), cause: 'person', frames_sent: 1, frames_total: 3, overridden: false }
    client.emit(panicSent)
    return { beacon_id: `${hashOfNode(me)}:1760000000:2`, sent_at: panic.since, overridden: false }
  })
  client.answer(lora.panicCancel, () => {
    panic = null
    client.emit(panicEnded)
    return {}
  })
  client.answer(
    lora.stickList,
    (): Output<typeof lora.stickList> => ({
      adapters: ['meshtastic', 'rfm95w', 'sx126x'],
      ports: [
        { port_id: '1', usb_vendor_id: 0x303a, usb_product_id: 0x1001, likely: 'meshtastic' },
        { port_id: '2', usb_vendor_id: null, usb_product_id: null, likely: null },
      ],
      attached: stick.adapter === null ? null : { adapter: stick.adapter, port_id: '1', simulated: stick.simulated },
    }),
  )
  client.answer(lora.stickAttach, ({ adapter, simulated }) => {
    stick = { ...READY, adapter, simulated }
    client.emit(stickChanged)
    return { stick }
  })
  client.answer(lora.stickDetach, () => {
    stick = QUIET
    client.emit(stickChanged)
    return {}
  })
  client.answer(
    lora.stickTest,
    (): Output<typeof lora.stickTest> => ({
      steps: [
        { step: 'port', outcome: 'ok', code: null },
        { step: 'firmware', outcome: 'ok', code: null },
        { step: 'settings', outcome: 'ok', code: null },
        { step: 'send', outcome: 'failed', code: 'lora_duty_cycle_exhausted' },
      ],
    }),
  )
  client.answer(lora.batteryReport, () => ({}))
}
