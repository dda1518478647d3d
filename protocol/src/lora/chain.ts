import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from '../core/encoding.ts'
import { sha256 } from '../core/hash.ts'
import type { NodeId } from '../core/ids.ts'
import {
  LORA_CHAIN_DAYS,
  LORA_KEY_DISCLOSURE_INTERVALS,
  LORA_KEY_INTERVAL_SECONDS,
  LORA_MAX_CLOCK_ERROR_SECONDS,
  LORA_PANIC_PERIOD_SECONDS,
} from './constants.ts'
import { HEAD_BYTES, KEY_BYTES, MAC_BYTES } from './frame.ts'

// Two one-way chains for each anchor (LOR-8): keys, one for each interval, disclosed two intervals later; and panic tokens, one
// for each quarter of an hour, disclosed only by calling for help.

export type ChainKind = 'key' | 'panic'
type Bytes = Uint8Array<ArrayBuffer>

const DAY_SECONDS = 86_400
const KINDS: Readonly<Record<ChainKind, { readonly id: number; readonly seconds: number }>> = {
  key: { id: 1, seconds: LORA_KEY_INTERVAL_SECONDS },
  panic: { id: 2, seconds: LORA_PANIC_PERIOD_SECONDS },
}
/** What a hash is for: a value of one use means nothing in another. */
const USE = { step: 1, commit: 2, mac: 3 } as const
const TAG = utf8('HNLORA2')
const SALT_BYTES = 16
const INDEX_AT = TAG.length + 2 + SALT_BYTES
const VALUE_AT = INDEX_AT + 4
const INPUT_BYTES = VALUE_AT + KEY_BYTES

export const perDay = (kind: ChainKind): number => DAY_SECONDS / KINDS[kind].seconds
export const chainLength = (kind: ChainKind): number => LORA_CHAIN_DAYS * perDay(kind)
export const chainSeconds = LORA_CHAIN_DAYS * DAY_SECONDS

/** Which interval a time lies in; negative before the chain, `chainLength` or more after it. */
export const indexAt = (kind: ChainKind, startsAt: number, unixSeconds: number): number =>
  Math.floor((unixSeconds - startsAt) / KINDS[kind].seconds)

/** Ties every hash of a chain to its owner and its start: no work is shared between two chains (LOR-8). @returns 16 bytes */
export function saltOf(nodeId: NodeId, startsAt: number): Bytes {
  const start = new Uint8Array(4)
  new DataView(start.buffer).setUint32(0, startsAt)
  return new Uint8Array(sha256(concatBytes(TAG, utf8(nodeId), start)).subarray(0, SALT_BYTES))
}

/** 40 bytes, one block of SHA-256: tag, use, kind, salt, index, value. */
function inputOf(use: keyof typeof USE, kind: ChainKind, salt: Uint8Array, index: number, value: Uint8Array): Bytes {
  const input = new Uint8Array(INPUT_BYTES)
  input.set(TAG)
  input[TAG.length] = USE[use]
  input[TAG.length + 1] = KINDS[kind].id
  input.set(salt, TAG.length + 2)
  new DataView(input.buffer).setUint32(INDEX_AT, index)
  input.set(value, VALUE_AT)
  return input
}

/** Walks down a chain: from the value at `from` to the one at `to`, which is not after it. */
export function walkDown(kind: ChainKind, salt: Uint8Array, from: number, value: Uint8Array, to: number): Bytes {
  // the same 40 bytes for every step: a year has 140,544 of them
  const input = inputOf('step', kind, salt, from, value)
  const view = new DataView(input.buffer)
  for (let index = from - 1; index >= to; index--) {
    view.setUint32(INDEX_AT, index)
    input.set(sha256(input).subarray(0, KEY_BYTES), VALUE_AT)
  }
  return input.slice(VALUE_AT)
}

/** What an anchor publishes of a day's first value. @returns 11 bytes */
export const commitmentOf = (kind: ChainKind, salt: Uint8Array, index: number, value: Uint8Array): Bytes =>
  new Uint8Array(sha256(inputOf('commit', kind, salt, index, value)).subarray(0, KEY_BYTES))

/** The MAC of a v2 frame over its head and its key field (LOR-7). @param key this interval's @returns 8 bytes */
export function macOf(salt: Uint8Array, index: number, key: Uint8Array, head: Uint8Array, disclosed: Uint8Array): Bytes {
  const macKey = sha256(inputOf('mac', 'key', salt, index, key))
  return new Uint8Array(hmac(sha256Hash, macKey, concatBytes(head.subarray(0, HEAD_BYTES), disclosed)).subarray(0, MAC_BYTES))
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

/** A chain as its anchor shows it. */
export interface Anchor {
  readonly nodeId: NodeId
  /** Midnight (UTC), seconds since 1970. */
  readonly startsAt: number
  readonly salt: Bytes
  /** By kind and day, 11 bytes each, one after the other. */
  readonly commitments: Readonly<Record<ChainKind, Bytes>>
}

/**
 * Whether a value is the chain's at `index`: it leads to the commitment of its day, or to a value already known to be right.
 * At most one day of steps (287 or 95), whatever a frame claims (LOR-8).
 */
export function leadsToAnchor(
  anchor: Anchor,
  kind: ChainKind,
  index: number,
  value: Uint8Array,
  known?: { readonly index: number; readonly value: Uint8Array },
): boolean {
  if (index < 0 || index >= chainLength(kind)) return false
  const day = Math.floor(index / perDay(kind))
  const first = day * perDay(kind)
  if (known && known.index >= first && known.index <= index) {
    return sameBytes(walkDown(kind, anchor.salt, index, value, known.index), known.value)
  }
  const commitment = anchor.commitments[kind].subarray(day * KEY_BYTES, (day + 1) * KEY_BYTES)
  return sameBytes(commitmentOf(kind, anchor.salt, first, walkDown(kind, anchor.salt, index, value, first)), commitment)
}

/** Index of the key that a frame of interval `index` discloses; negative in the first two intervals, whose field is empty. */
export const disclosedBy = (index: number): number => index - LORA_KEY_DISCLOSURE_INTERVALS

/**
 * Whether nobody but the sender can know the key of `index` yet, even if this clock is behind the sender's by the tolerated
 * error (LOR-7). A frame that comes later proves nothing.
 */
export const isStillSecret = (startsAt: number, index: number, nowSeconds: number): boolean =>
  nowSeconds + LORA_MAX_CLOCK_ERROR_SECONDS < startsAt + (index + LORA_KEY_DISCLOSURE_INTERVALS) * LORA_KEY_INTERVAL_SECONDS

/** Whether a panic token's quarter of an hour is now, give or take the tolerated error (LOR-9). */
export function isPanicTime(startsAt: number, index: number, nowSeconds: number): boolean {
  const from = startsAt + index * LORA_PANIC_PERIOD_SECONDS
  return (
    from - LORA_MAX_CLOCK_ERROR_SECONDS <= nowSeconds &&
    nowSeconds < from + LORA_PANIC_PERIOD_SECONDS + LORA_MAX_CLOCK_ERROR_SECONDS
  )
}

/** The secret half of a chain: the first value of every day, and the value after the last (days + 1 of them). */
export type DayValues = Bytes

/**
 * Makes a chain from its last value, a day at a time, so that nobody waits for 105,408 hashes at once.
 * @param seed 11 secret bytes
 * @param pause between days
 */
export async function makeChain(
  kind: ChainKind,
  salt: Uint8Array,
  seed: Uint8Array,
  pause: () => Promise<void>,
): Promise<{ readonly days: DayValues; readonly commitments: Bytes }> {
  const days = new Uint8Array((LORA_CHAIN_DAYS + 1) * KEY_BYTES)
  const commitments = new Uint8Array(LORA_CHAIN_DAYS * KEY_BYTES)
  let value = new Uint8Array(seed)
  days.set(value, LORA_CHAIN_DAYS * KEY_BYTES)
  for (let day = LORA_CHAIN_DAYS - 1; day >= 0; day--) {
    const first = day * perDay(kind)
    value = walkDown(kind, salt, first + perDay(kind), value, first)
    days.set(value, day * KEY_BYTES)
    commitments.set(commitmentOf(kind, salt, first, value), day * KEY_BYTES)
    await pause()
  }
  return { days, commitments }
}

/** The value of a chain at `index`, from its secret half. */
export function valueAt(kind: ChainKind, salt: Uint8Array, days: DayValues, index: number): Bytes {
  const next = Math.floor(index / perDay(kind)) + 1
  return walkDown(kind, salt, next * perDay(kind), days.subarray(next * KEY_BYTES, (next + 1) * KEY_BYTES), index)
}
