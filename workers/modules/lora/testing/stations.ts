import { toBase64Url } from '#protocol/core/encoding.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { type ContentId, type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { airtimeMs } from '#protocol/lora/airtime.ts'
import { type ChainKind, commitmentOf, perDay, saltOf, walkDown } from '#protocol/lora/chain.ts'
import { LORA_CHAIN_DAYS, LORA_KEY_INTERVAL_SECONDS } from '#protocol/lora/constants.ts'
import { chainAnchored } from '#protocol/lora/events.ts'
import { KEY_BYTES, senderHashOf } from '#protocol/lora/frame.ts'
import type { RadioSettings } from '#protocol/lora/records.ts'
import type { VerifiedEvent } from '../../../kernel/log/verify.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { Drawer, Shelf } from '../../../kernel/shelf.ts'
import { createView } from '../../../kernel/views.ts'
import { anchorsView, createAnchors } from '../anchors.ts'
import { createLedger, EMPTY_LEDGER, LedgerSchema } from '../duty-cycle.ts'
import { createHerald } from '../herald.ts'
import { createListener, type Listener } from '../listener.ts'
import { createOwnChains, NO_CHAINS, OwnChainsSchema } from '../own-chain.ts'
import { callsView, createPanics, type Panics } from '../panics.ts'
import { createPeerMap, DecisionsSchema, NO_DECISIONS, type PeerMap } from '../peer-map.ts'
import { createWindows, NO_WINDOWS, WindowsSchema } from '../replay-window.ts'
import { createSender, NO_PANIC, PanicSchema, type Sender } from '../sender.ts'
import { createTransmitter, NEW_SENDER, SenderSchema } from '../transmitter.ts'

const DAY_SECONDS = 86_400

export const person = (seed: number): NodeId => nodeIdOf(new Uint8Array(32).fill(seed + 1))

export const radio = (change: Partial<RadioSettings> = {}): RadioSettings => ({
  frequency_hz: 869_525_000,
  bandwidth_hz: 125_000,
  spreading_factor: 10,
  coding_rate: 5,
  preamble_symbols: 8,
  tx_power_dbm: 14,
  ...change,
})

type Anchored = Parameters<Parameters<typeof createOwnChains>[0]['publish']>[0]

/** Anchors as a log would feed them, without the cost of signatures. */
export function createBoard() {
  const view = createView(anchorsView)
  let tick = 0
  return {
    view,
    anchored: (nodeId: NodeId): readonly Anchored[] => view.get(nodeId)?.chains ?? [],
    publish(nodeId: NodeId, data: Anchored): void {
      tick++
      // the view looks at these fields alone
      const event = { author: nodeId, lamport: tick, event_type: chainAnchored.type, data } as unknown as SignedEvent
      const verified: VerifiedEvent = { cid: `blake3:${tick.toString(16).padStart(64, '0')}` as ContentId, event, text: '' }
      view.apply([verified], [])
    },
  }
}
export type Board = ReturnType<typeof createBoard>

/** A shelf that outlives its node and copies nothing. */
export function createPlainShelf(): Shelf {
  const drawers = new Map<string, Drawer<unknown>>()
  return {
    async open(key, _schema, empty) {
      let value = empty
      const drawer: Drawer<typeof value> = {
        get: () => value,
        async set(next) {
          value = next
        },
      }
      // the same key is always opened with the same schema
      const known = drawers.get(key) as typeof drawer | undefined
      if (!known) drawers.set(key, drawer as Drawer<unknown>)
      return known ?? drawer
    },
  }
}

/** A year's chain of which only the first days can be used: the rest is random bytes, which saves 140,000 hashes a node. */
export function shortChain(runtime: Runtime, nodeId: NodeId, startsAt: number, usableDays: number) {
  const salt = saltOf(nodeId, startsAt)
  function one(kind: ChainKind) {
    const days = runtime.randomBytes((LORA_CHAIN_DAYS + 1) * KEY_BYTES)
    const commitments = runtime.randomBytes(LORA_CHAIN_DAYS * KEY_BYTES)
    for (let day = usableDays - 1; day >= 0; day--) {
      const first = day * perDay(kind)
      const top = days.subarray((day + 1) * KEY_BYTES, (day + 2) * KEY_BYTES)
      const value = walkDown(kind, salt, first + perDay(kind), top, first)
      days.set(value, day * KEY_BYTES)
      commitments.set(commitmentOf(kind, salt, first, value), day * KEY_BYTES)
    }
    return { days: toBase64Url(days), commitments: toBase64Url(commitments) }
  }
  const keys = one('key')
  const panics = one('panic')
  const anchored: Anchored = {
    starts_at: startsAt,
    days: LORA_CHAIN_DAYS,
    interval_seconds: LORA_KEY_INTERVAL_SECONDS,
    keys: keys.commitments,
    panics: panics.commitments,
  }
  const stored = {
    starts_at: startsAt,
    keys: keys.days,
    panics: panics.days,
    key_commitments: keys.commitments,
    panic_commitments: panics.commitments,
    disclosed: -1,
  }
  return { anchored, stored }
}

export const midnightOf = (runtime: Runtime): number => {
  const now = Math.floor(runtime.now() / 1000)
  return now - (now % DAY_SECONDS)
}

export interface Station {
  readonly nodeId: NodeId
  readonly hash: string
  readonly listener: Listener
  readonly sender: Sender
  readonly panics: Panics
  readonly peers: PeerMap
  stop(): Promise<void>
}

export interface StationDeps {
  readonly runtime: Runtime
  readonly shelf: Shelf
  readonly board: Board
  readonly nodeId: NodeId
  readonly members: readonly NodeId[]
  readonly settings: RadioSettings
  readonly frames: 'v1' | 'v2'
  readonly override: boolean
  readonly intervalSeconds?: number
  /** Puts a frame on the air. */
  readonly transmit: (frame: Uint8Array<ArrayBuffer>, airtime: number) => void
}

/** One device's radio, all but the stick and the bus. It sends from the start. */
export async function createStation(deps: StationDeps): Promise<Station> {
  const { runtime, shelf, board, nodeId, members, settings } = deps
  const hash = senderHashOf(nodeId)
  const herald = createHerald(runtime, () => {})
  const anchors = createAnchors(board.view, (id) => members.includes(id))
  const windows = createWindows(await shelf.open('lora.windows', WindowsSchema, NO_WINDOWS))
  const peers = createPeerMap({
    drawer: await shelf.open('lora.decisions', DecisionsSchema, NO_DECISIONS),
    members: () => members.filter((id) => id !== nodeId).map((id) => ({ nodeId: id, displayName: id.slice(-4) })),
    isAnchored: anchors.has,
  })
  const panics = createPanics({ calls: createView(callsView), self: nodeId, who: peers.who })
  const chains = createOwnChains({
    runtime,
    nodeId,
    drawer: await shelf.open('lora.chains', OwnChainsSchema, NO_CHAINS),
    anchored: () => board.anchored(nodeId),
    publish: async (anchored) => board.publish(nodeId, anchored),
  })
  const ledger = createLedger(runtime, await shelf.open('lora.ledger', LedgerSchema, EMPTY_LEDGER))
  const transmitter = createTransmitter({
    runtime,
    selfHash: hash,
    chains,
    ledger: () => ledger,
    region: () => 'EU868',
    frames: () => deps.frames,
    session: () => ({
      firmware: 'storm',
      settings,
      overheadBytes: 0,
      async send(frame) {
        deps.transmit(frame, airtimeMs(frame.length, settings))
        return { airtimeMs: null }
      },
      close: async () => {},
    }),
    drawer: await shelf.open('lora.sender', SenderSchema, NEW_SENDER),
  })
  const listener = createListener({
    ...{ runtime, herald, peers, panics, anchors, windows },
    selfHash: hash,
    isOwn: transmitter.isOwn,
  })
  const sender = createSender({
    runtime,
    transmitter,
    herald,
    drawer: await shelf.open('lora.panic', PanicSchema, NO_PANIC),
    intervalSeconds: () => deps.intervalSeconds ?? 600,
    override: () => deps.override,
    gateway: () => false,
    lowBattery: () => false,
    prepare: async () => {},
  })
  sender.ready()
  return {
    nodeId,
    hash,
    listener,
    sender,
    panics,
    peers,
    async stop() {
      sender.stop()
      listener.stop()
      herald.stop()
      await windows.flush()
    },
  }
}
