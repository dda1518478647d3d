import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'

// Negentropy protocol 1, range-based set reconciliation (Aljoscha Meyer, arXiv:2212.13567; message format as in NIP-77).
// Written here because the libraries at hand read timestamps as 32-bit integers, and a Lamport time may reach 2^48
// (EVT-2): one member could have stopped everybody's sync. Tests reconcile with an independent implementation.

const PROTOCOL_1 = 0x61
const ID_BYTES = 32
const FINGERPRINT_BYTES = 16
const BUCKETS = 16
const MODE = { skip: 0, fingerprint: 1, idList: 2 } as const
const INFINITY = Number.POSITIVE_INFINITY
/** An empty message: nothing left to say. */
export const NEGENTROPY_END = '61'

export interface SyncItem {
  /** Lamport time, below 2^53. */
  readonly timestamp: number
  /** 32 bytes. */
  readonly id: Uint8Array
}

interface Bound {
  readonly timestamp: number
  /** 0 to 32 bytes: the shortest prefix that separates. */
  readonly id: Uint8Array
}

const NO_ID = new Uint8Array(0)
const END: Bound = { timestamp: INFINITY, id: NO_ID }

function compareIds(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const compare = (a: Bound, b: Bound): number =>
  a.timestamp === b.timestamp ? compareIds(a.id, b.id) : a.timestamp < b.timestamp ? -1 : 1

class Writer {
  #bytes = new Uint8Array(1024)
  length = 0
  #lastTimestamp = 0

  bytes(part: Uint8Array): void {
    if (this.length + part.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + part.length))
      grown.set(this.#bytes.subarray(0, this.length))
      this.#bytes = grown
    }
    this.#bytes.set(part, this.length)
    this.length += part.length
  }

  /** Base 128, most significant digit first; divisions, because bit operations stop at 32 bits. */
  varint(value: number): void {
    const digits = [value % 128]
    for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128)
    this.bytes(Uint8Array.from(digits))
  }

  bound({ timestamp, id }: Bound): void {
    this.varint(timestamp === INFINITY ? 0 : timestamp - this.#lastTimestamp + 1)
    this.#lastTimestamp = timestamp
    this.varint(id.length)
    this.bytes(id)
  }

  hex(): string {
    return toHex(this.#bytes.subarray(0, this.length))
  }
}

const unreadable = (why: string): HearthError => new HearthError('bad_request', `reconciliation message: ${why}`)

class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  #lastTimestamp = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw unreadable('ends too early')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  varint(): number {
    let value = 0
    for (;;) {
      const digit = this.take(1)[0] ?? 0
      value = value * 128 + (digit & 127)
      if (value > Number.MAX_SAFE_INTEGER) throw unreadable('integer over 53 bits')
      if (digit < 128) return value
    }
  }

  bound(): Bound {
    const coded = this.varint()
    const timestamp = coded === 0 ? INFINITY : this.#lastTimestamp + coded - 1
    this.#lastTimestamp = timestamp
    const length = this.varint()
    if (length > ID_BYTES) throw unreadable('bound longer than an id')
    return { timestamp, id: this.take(length) }
  }
}

/** Sum of ids modulo 2^256, little-endian words, as an incremental hash of a set. */
function fingerprint(items: readonly SyncItem[], from: number, to: number): Uint8Array {
  const sum = new Uint32Array(ID_BYTES / 4)
  for (let at = from; at < to; at++) {
    const id = items[at]?.id ?? NO_ID
    let carry = 0
    for (let word = 0; word < sum.length; word++) {
      const i = word * 4
      const value = (id[i] ?? 0) + (id[i + 1] ?? 0) * 0x100 + (id[i + 2] ?? 0) * 0x10000 + (id[i + 3] ?? 0) * 0x1000000
      const total = (sum[word] ?? 0) + value + carry
      sum[word] = total % 0x100000000
      carry = total >= 0x100000000 ? 1 : 0
    }
  }
  const writer = new Writer()
  const littleEndian = new DataView(new ArrayBuffer(ID_BYTES))
  sum.forEach((value, word) => {
    littleEndian.setUint32(word * 4, value, true)
  })
  writer.bytes(new Uint8Array(littleEndian.buffer))
  writer.varint(to - from)
  return sha256(fromHex(writer.hex())).subarray(0, FINGERPRINT_BYTES)
}

/** The shortest bound above `before` and not above `at`. */
function between(before: SyncItem, at: SyncItem): Bound {
  if (at.timestamp !== before.timestamp) return { timestamp: at.timestamp, id: NO_ID }
  let shared = 0
  while (shared < ID_BYTES && before.id[shared] === at.id[shared]) shared++
  return { timestamp: at.timestamp, id: at.id.subarray(0, shared + 1) }
}

export interface Negentropy {
  /** The opener's first message, hex. */
  initiate(): string
  /**
   * Answers a message. The opener passes what to do with each difference.
   * @returns the next message, or null when there is nothing left to compare.
   * @throws HearthError `bad_request`
   */
  reconcile(message: string, onHave?: (id: Uint8Array) => void, onNeed?: (id: Uint8Array) => void): string | null
}

/**
 * One side of a reconciliation over a fixed set.
 * @param limitBytes largest message this side sends; a longer answer is cut and comes with the next round.
 */
export function createNegentropy(set: readonly SyncItem[], limitBytes: number): Negentropy {
  const items = [...set].sort(compare)

  function lowerBound(from: number, bound: Bound): number {
    let low = from
    let high = items.length
    while (low < high) {
      const middle = (low + high) >> 1
      const item = items[middle]
      if (item && compare(item, bound) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  function writeIds(out: Writer, from: number, to: number, bound: Bound): void {
    out.bound(bound)
    out.varint(MODE.idList)
    out.varint(to - from)
    for (const { id } of items.slice(from, to)) out.bytes(id)
  }

  /** The rest in one fingerprint: the other side splits it again next round. */
  function writeRest(out: Writer, from: number): void {
    out.bound(END)
    out.varint(MODE.fingerprint)
    out.bytes(fingerprint(items, from, items.length))
  }

  function split(out: Writer, from: number, to: number, bound: Bound): void {
    const count = to - from
    if (count < BUCKETS * 2) {
      writeIds(out, from, to, bound)
      return
    }
    for (let bucket = 0, start = from; bucket < BUCKETS; bucket++) {
      const end = start + Math.floor(count / BUCKETS) + (bucket < count % BUCKETS ? 1 : 0)
      const [before, next] = [items[end - 1], items[end]]
      out.bound(end === to || !before || !next ? bound : between(before, next))
      out.varint(MODE.fingerprint)
      out.bytes(fingerprint(items, start, end))
      start = end
    }
  }

  /** Tells the opener which of its ids the peer lacks and the reverse. */
  function difference(reader: Reader, from: number, to: number, onHave: Visit, onNeed: Visit): void {
    const theirs = new Map<string, Uint8Array>()
    for (let left = reader.varint(); left > 0; left--) {
      const id = reader.take(ID_BYTES)
      theirs.set(toHex(id), id)
    }
    for (const { id } of items.slice(from, to)) if (!theirs.delete(toHex(id))) onHave(id)
    theirs.forEach(onNeed)
  }

  function reconcile(message: string, opener: boolean, onHave: Visit, onNeed: Visit): string | null {
    const reader = new Reader(fromHex(message))
    if (reader.take(1)[0] !== PROTOCOL_1) throw unreadable('unknown protocol version')
    const out = new Writer()
    out.bytes(Uint8Array.of(PROTOCOL_1))
    let from = 0
    let previous: Bound = { timestamp: 0, id: NO_ID }
    let skipped = false
    const flushSkip = (): void => {
      if (!skipped) return
      out.bound(previous)
      out.varint(MODE.skip)
      skipped = false
    }
    while (!reader.done) {
      const bound = reader.bound()
      const mode = reader.varint()
      const to = lowerBound(from, bound)
      if (mode === MODE.skip) skipped = true
      else if (mode === MODE.fingerprint) {
        if (compareIds(reader.take(FINGERPRINT_BYTES), fingerprint(items, from, to)) === 0) skipped = true
        else {
          flushSkip()
          split(out, from, to, bound)
        }
      } else if (mode === MODE.idList) {
        if (opener) {
          difference(reader, from, to, onHave, onNeed)
          skipped = true
        } else {
          reader.take(reader.varint() * ID_BYTES)
          flushSkip()
          const cut = from + Math.max(1, Math.floor((limitBytes - out.length) / ID_BYTES))
          const [last, next] = [items[cut - 1], items[cut]]
          if (cut < to && last && next) {
            // whoever has nothing is owed everything, and not in one message
            writeIds(out, from, cut, between(last, next))
            writeRest(out, cut)
            break
          }
          writeIds(out, from, to, bound)
        }
      } else throw unreadable('unknown mode')
      from = to
      previous = bound
      if (out.length > limitBytes && !reader.done) {
        flushSkip()
        writeRest(out, from)
        break
      }
    }
    return out.length === 1 ? null : out.hex()
  }

  let opened = false
  return {
    initiate() {
      opened = true
      const out = new Writer()
      out.bytes(Uint8Array.of(PROTOCOL_1))
      split(out, 0, items.length, END)
      return out.hex()
    },
    reconcile: (message, onHave = () => {}, onNeed = () => {}) => reconcile(message, opened, onHave, onNeed),
  }
}

type Visit = (id: Uint8Array) => void
