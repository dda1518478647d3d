import { fromHex, toHex } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { disclosedBy, indexAt, macOf, makeChain, saltOf, valueAt } from '#protocol/lora/chain.ts'
import { encodeFrame, encodeHead, KEY_BYTES, senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags, RadioSettings } from '#protocol/lora/records.ts'

/** Midnight (UTC) before `AT`: 26 May 2026. */
export const MIDNIGHT = 1_779_753_600
/** Eight in the morning of that day. */
export const MORNING = MIDNIGHT + 28_800

export const NO_FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }

/** What the stick of the vectors is set to, unless one says otherwise. */
export const settings = (change: Partial<RadioSettings> = {}): RadioSettings => ({
  frequency_hz: 869_525_000,
  bandwidth_hz: 125_000,
  spreading_factor: 10,
  coding_rate: 5,
  preamble_symbols: 8,
  tx_power_dbm: 14,
  ...change,
})

/** A whole chain in the few bytes that it follows from (LOR-8). */
export interface ChainSeed {
  readonly node_id: NodeId
  readonly starts_at: number
  /** What follows the chain's last key, 11 bytes. */
  readonly last_key_hex: string
  /** What follows its last panic token, 11 bytes. */
  readonly last_token_hex: string
}

export const seedOf = (node_id: NodeId, change: Partial<ChainSeed> = {}): ChainSeed => ({
  node_id,
  starts_at: MIDNIGHT,
  last_key_hex: '02'.repeat(KEY_BYTES),
  last_token_hex: '03'.repeat(KEY_BYTES),
  ...change,
})

const bytes = fromHex

async function grow({ node_id, starts_at, last_key_hex, last_token_hex }: ChainSeed) {
  const salt = saltOf(node_id, starts_at)
  const keys = await makeChain('key', salt, bytes(last_key_hex), async () => {})
  const panics = await makeChain('panic', salt, bytes(last_token_hex), async () => {})
  return {
    salt,
    commitments: { key: keys.commitments, panic: panics.commitments },
    key: (index: number) => valueAt('key', salt, keys.days, index),
    token: (index: number) => valueAt('panic', salt, panics.days, index),
  }
}
type Chain = Awaited<ReturnType<typeof grow>>

const grown = new Map<string, Promise<Chain>>()

/** A year of 140,544 hashes, made once. */
export function chainOf(seed: ChainSeed): Promise<Chain> {
  const name = JSON.stringify(seed)
  const known = grown.get(name) ?? grow(seed)
  grown.set(name, known)
  return known
}

interface Wrongs {
  /** Another panic token than that of the time. */
  readonly token?: number
  /** Another key than the one that is due. */
  readonly disclosed?: number
}

/** Frames of one sender as their own device would seal them (LOR-7, LOR-9), or wrong in one thing. */
export async function sealer(seed: ChainSeed) {
  const chain = await chainOf(seed)
  return (at: number, sequence: number, flags: Partial<Flags> = {}, wrong: Wrongs = {}): Uint8Array<ArrayBuffer> => {
    const said: Flags = { ...NO_FLAGS, ...flags }
    const head = { version: 2 as const, senderHash: senderHashOf(seed.node_id), sequence, flags: said, unixSeconds: at }
    const index = indexAt('key', seed.starts_at, at)
    const due = wrong.disclosed ?? disclosedBy(index)
    const calm = due < 0 ? new Uint8Array(KEY_BYTES) : chain.key(due)
    const shown = said.panic ? chain.token(wrong.token ?? indexAt('panic', seed.starts_at, at)) : calm
    return encodeFrame({ ...head, key: shown, mac: macOf(chain.salt, index, chain.key(index), encodeHead(head), shown) })
  }
}

/** The same bytes with one bit turned. */
export const bent = (frame: Uint8Array, at: number): Uint8Array => frame.with(at, (frame[at] ?? 0) ^ 1)

export const hexOf = (change: (copy: Uint8Array) => void, frame: Uint8Array): string => {
  const copy = frame.slice()
  change(copy)
  return toHex(copy)
}
