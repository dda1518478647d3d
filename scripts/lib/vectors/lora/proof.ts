import { EVENTS } from '#protocol/catalogue.ts'
import { fromHex, toBase64Url, toHex } from '#protocol/core/encoding.ts'
import { type NodeId, parseNodeId } from '#protocol/core/ids.ts'
import { airtimeMs } from '#protocol/lora/airtime.ts'
import { type ChainKind, commitmentOf } from '#protocol/lora/chain.ts'
import { beaconIdOf, decodeFrame, encodeFrame, senderHashOf } from '#protocol/lora/frame.ts'
import type { RadioSettings, Region } from '#protocol/lora/records.ts'
import { requireSubBand, SUB_BANDS } from '#protocol/lora/sub-bands.ts'
import { verifyEvent } from '../../../../workers/kernel/log/verify.ts'
import type { Runtime } from '../../../../workers/kernel/runtime.ts'
import { createView } from '../../../../workers/kernel/views.ts'
import type { Decoder } from '../../../../workers/modules/lora/adapters/decoder.ts'
import { createKissDecoder } from '../../../../workers/modules/lora/adapters/kiss.ts'
import { createMeshtasticDecoder } from '../../../../workers/modules/lora/adapters/meshtastic-framing.ts'
import { parseFromRadio } from '../../../../workers/modules/lora/adapters/meshtastic-messages.ts'
import { createLineDecoder } from '../../../../workers/modules/lora/adapters/text-lines.ts'
import { createAnchors } from '../../../../workers/modules/lora/anchors.ts'
import { createLedger, EMPTY_LEDGER, LedgerSchema } from '../../../../workers/modules/lora/duty-cycle.ts'
import { callsView, createPanics } from '../../../../workers/modules/lora/panics.ts'
import { createPeerMap, DecisionsSchema, NO_DECISIONS } from '../../../../workers/modules/lora/peer-map.ts'
import { createProver, type Verdict } from '../../../../workers/modules/lora/prover.ts'
import { createWindows, NO_WINDOWS, WindowsSchema } from '../../../../workers/modules/lora/replay-window.ts'
import { createBoard, createPlainShelf } from '../../../../workers/modules/lora/testing/stations.ts'
import { createSeededRuntime } from '../../../../workers/testing/seeded-runtime.ts'
import type { Proofs } from '../proof.ts'
import { rounded } from './airtime.ts'
import { type ChainSeed, chainOf, NO_FLAGS } from './make.ts'

interface Spent {
  readonly region: Region
  readonly sub_band: string
  readonly sends: readonly { readonly at_ms: number; readonly airtime_ms: number; readonly sub_band: string }[]
  readonly at_ms: number
  readonly airtime_ms: number
  readonly spare_ms: number
  readonly restart?: boolean
  readonly clock_set_ms?: number
}

async function budgetLeft({ region, sends, at_ms, airtime_ms, spare_ms, ...rest }: Spent) {
  const started = Date.UTC(2026, 4, 26)
  const clock = { elapsed: 0, set: 0 }
  const runtime: Runtime = {
    ...createSeededRuntime(29),
    now: () => started + clock.elapsed + clock.set,
    monotonic: () => clock.elapsed,
  }
  const bandOf = (name: string) => {
    const band = SUB_BANDS[region].find((one) => one.name === name)
    if (!band) throw new TypeError(`no sub-band ${name}`)
    return band
  }
  const shelf = createPlainShelf()
  const open = async () => createLedger(runtime, await shelf.open('lora.ledger', LedgerSchema, EMPTY_LEDGER))
  let ledger = await open()
  for (const sent of sends) {
    clock.elapsed = sent.at_ms
    await ledger.reserve(bandOf(sent.sub_band), sent.airtime_ms, 'beacon', false)
  }
  clock.elapsed = at_ms
  clock.set = rest.clock_set_ms ?? 0
  if (rest.restart) ledger = await open()
  const band = bandOf(rest.sub_band)
  const mayAt = ledger.mayAt(band, airtime_ms, spare_ms)
  return { used_ms: ledger.usedMs(band), wait_ms: Number.isFinite(mayAt) ? mayAt - runtime.now() : null }
}

interface Coming {
  readonly at: number
  readonly hex: string
  readonly restart?: true
}

async function prove(anchors: readonly (ChainSeed & { readonly revoked?: true })[], frames: readonly Coming[]) {
  const board = createBoard()
  const revoked = new Set<NodeId>()
  for (const { revoked: out, ...seed } of anchors) {
    if (out) revoked.add(seed.node_id)
    const { commitments } = await chainOf(seed)
    board.publish(seed.node_id, {
      starts_at: seed.starts_at,
      days: 366,
      interval_seconds: 300,
      keys: toBase64Url(commitments.key),
      panics: toBase64Url(commitments.panic),
    })
  }
  const verdicts: Verdict[] = []
  const shelf = createPlainShelf()
  const start = async () => {
    const windows = createWindows(await shelf.open('lora.windows', WindowsSchema, NO_WINDOWS))
    const prover = createProver<number>({
      anchors: createAnchors(board.view, (nodeId) => !revoked.has(nodeId)),
      windows,
      random: () => 0.5,
      settled: (index, verdict) => {
        verdicts[index] = verdict
      },
    })
    return { windows, prover }
  }
  let running = await start()
  for (const [index, { at, hex, restart }] of frames.entries()) {
    if (restart) {
      await running.windows.flush()
      running = await start()
    }
    verdicts[index] = running.prover.judge(decodeFrame(fromHex(hex)), at, index)
  }
  return { verdicts: verdicts.map(({ proof, doubt }) => ({ proof, doubt })) }
}

const signal = { rssiDbm: null, snrDb: null }
const beaconOf = (senderHash: string, change: Partial<typeof NO_FLAGS> = {}) => ({
  version: 1 as const,
  senderHash,
  sequence: 1,
  flags: { ...NO_FLAGS, ...change },
  unixSeconds: 1,
})

interface Naming {
  readonly sender_hash: string
  readonly node_id: NodeId
  readonly heard: readonly string[]
  readonly confirmed: readonly NodeId[]
}

async function verifyPeer({ sender_hash, node_id, heard, confirmed }: Naming) {
  const peers = createPeerMap({
    drawer: await createPlainShelf().open('lora.decisions', DecisionsSchema, NO_DECISIONS),
    members: () => [],
    isAnchored: () => false,
  })
  for (const hash of heard) {
    peers.heard({ frame: beaconOf(hash), at: 0, signal }, { proof: 'unproven', doubt: 'unsigned', nodeId: null })
  }
  for (const known of confirmed) await peers.verify(senderHashOf(known), known)
  await peers.verify(sender_hash, node_id)
  return { state: peers.who(sender_hash).state }
}

interface Heard {
  readonly says: 'panic' | 'ok' | 'nothing'
  readonly proof: Verdict['proof']
}

function callsFor(frames: readonly Heard[]) {
  const panics = createPanics({
    calls: createView(callsView),
    self: 'ed25519:nobody' as NodeId, // whose own calls are left out, and none is
    who: () => ({ state: 'unknown', node_id: null, display_name: null }),
  })
  for (const [second, { says, proof }] of frames.entries()) {
    const frame = beaconOf('509e7b65', { panic: says === 'panic', ok: says === 'ok' })
    panics.heard({ frame, at: second * 1000, signal }, { proof, doubt: null, nodeId: null })
  }
  return { calls: panics.list(frames.length * 1000).map(({ proof, over }) => ({ proof, over })) }
}

interface StickSaid {
  readonly codec: 'meshtastic' | 'kiss' | 'lines'
  readonly pieces: readonly string[]
  readonly quiet: boolean
}

function read<Frame>(decoder: Decoder<Frame>, { pieces, quiet }: StickSaid): readonly Frame[] {
  const frames = pieces.flatMap((piece) => decoder.push(fromHex(piece)))
  return quiet ? [...frames, ...decoder.quiet()] : frames
}

const READERS: Readonly<Record<StickSaid['codec'], (said: StickSaid) => readonly unknown[]>> = {
  meshtastic: (said) =>
    read(createMeshtasticDecoder(parseFromRadio), said).flatMap(({ packet }) =>
      packet?.decoded?.payload ? [{ payload: toHex(packet.decoded.payload), rssi: packet.rxRssi, snr: packet.rxSnr }] : [],
    ),
  kiss: (said) => read(createKissDecoder(), said).map(({ command, payload }) => ({ command, payload: toHex(payload) })),
  lines: (said) => read(createLineDecoder(), said),
}

export const proofs = {
  'lora.frame'({ hex }: { hex: string }) {
    const frame = decodeFrame(fromHex(hex))
    if (toHex(encodeFrame(frame)) !== hex) throw new Error('it comes back as another frame')
    return {
      version: frame.version,
      beacon_id: beaconIdOf(frame),
      sender_hash: frame.senderHash,
      sequence: frame.sequence,
      flags: frame.flags,
      unix_seconds: frame.unixSeconds,
      ...(frame.version === 2 ? { mac_hex: toHex(frame.mac), key_hex: toHex(frame.key) } : {}),
    }
  },
  'lora.sender_hash': ({ node_id }: { node_id: string }) => ({ sender_hash: senderHashOf(parseNodeId(node_id)) }),
  'lora.airtime': ({ payload_bytes, settings }: { payload_bytes: number; settings: RadioSettings }) => ({
    airtime_ms: rounded(airtimeMs(payload_bytes, settings)),
  }),
  'lora.sub_band'({ region, frame_bytes, settings }: { region: Region; frame_bytes: number; settings: RadioSettings }) {
    const { name, limitMs, windowSeconds } = requireSubBand(region, settings, airtimeMs(frame_bytes, settings))
    return { sub_band: name, limit_ms: limitMs, window_seconds: windowSeconds }
  },
  'lora.budget': budgetLeft,
  async 'lora.chain'({ kind, index, ...seed }: ChainSeed & { readonly kind: ChainKind; readonly index: number }) {
    const { salt, key, token } = await chainOf(seed)
    const value = kind === 'key' ? key(index) : token(index)
    return { salt_hex: toHex(salt), value_hex: toHex(value), commitment_hex: toHex(commitmentOf(kind, salt, index, value)) }
  },
  'lora.prove': ({ anchors, frames }: { anchors: readonly ChainSeed[]; frames: readonly Coming[] }) => prove(anchors, frames),
  async 'event.accept'({ community_id, event }: { community_id: NodeId; event: unknown }) {
    await verifyEvent(event, community_id, EVENTS)
    return {}
  },
  'lora.verify': verifyPeer,
  'lora.calls': ({ frames }: { frames: readonly Heard[] }) => callsFor(frames),
  'lora.stick': (said: StickSaid) => ({ frames: READERS[said.codec](said) }),
} satisfies Proofs
