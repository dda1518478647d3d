import { createHash } from 'node:crypto'
import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { bytesOf } from '../seeded.ts'

// the messages of Negentropy protocol 1, written a second time and with big numbers, so that the vectors share nothing
// with the implementation they are to prove

export interface Item {
  readonly lamport: number
  readonly id: string
}

/** A bound: up to this Lamport time and the beginning of an id; null is the end of everything. */
export type Bound = { readonly lamport: number; readonly prefix: string } | null

/** Base 128, most significant digit first. */
function varint(value: number): string {
  const digits = [Number(BigInt(value) & 127n)]
  for (let rest = BigInt(value) >> 7n; rest > 0n; rest >>= 7n) digits.unshift(Number(rest & 127n) | 128)
  return toHex(Uint8Array.from(digits))
}

const littleEndian = (hex: string): bigint => BigInt(`0x${toHex(fromHex(hex).reverse())}`)

/** The first 16 bytes of SHA-256 over the sum of the ids (mod 2^256, little-endian) and their number. */
export function fingerprint(items: readonly Item[]): string {
  const sum = items.reduce((total, { id }) => (total + littleEndian(id)) % 2n ** 256n, 0n)
  const bytes = fromHex(sum.toString(16).padStart(64, '0')).reverse()
  return createHash('sha256')
    .update(bytes)
    .update(fromHex(varint(items.length)))
    .digest('hex')
    .slice(0, 32)
}

export type Range =
  | { readonly mode: 'skip'; readonly until: Bound }
  | { readonly mode: 'fingerprint'; readonly until: Bound; readonly items: readonly Item[] }
  | { readonly mode: 'ids'; readonly until: Bound; readonly items: readonly Item[] }

/** A message of ranges. Lamport times are coded as differences plus one, the end as zero. */
export function message(...ranges: readonly Range[]): string {
  let last = 0
  const bound = (until: Bound): string => {
    if (until === null) return '0000'
    const coded = varint(until.lamport - last + 1)
    last = until.lamport
    return coded + varint(until.prefix.length / 2) + until.prefix
  }
  const body = (range: Range): string => {
    const head = bound(range.until)
    if (range.mode === 'skip') return `${head}00`
    if (range.mode === 'fingerprint') return `${head}01${fingerprint(range.items)}`
    return `${head}02${varint(range.items.length)}${range.items.map(({ id }) => id).join('')}`
  }
  return `61${ranges.map(body).join('')}`
}

/** Items in order, one at each Lamport time unless a step of 0 puts them all at one. */
export function itemsOf(label: string, count: number, from = 1, step = 1): Item[] {
  const made = Array.from({ length: count }, (_, at) => ({
    lamport: from + at * step,
    id: toHex(bytesOf(`${label} ${at}`, 32)),
  }))
  return made.sort((a, b) => a.lamport - b.lamport || (a.id < b.id ? -1 : 1))
}

/** How a set is asked about: up to 31 items by their ids, more in sixteen buckets by fingerprint. */
export function asked(items: readonly Item[]): Range[] {
  if (items.length < 32) return [{ mode: 'ids', until: null, items }]
  const size = Math.floor(items.length / 16)
  const extra = items.length % 16
  let start = 0
  return Array.from({ length: 16 }, (_, bucket) => {
    const end = start + size + (bucket < extra ? 1 : 0)
    const part = items.slice(start, end)
    start = end
    return { mode: 'fingerprint', until: boundBetween(items[end - 1], items[end]), items: part }
  })
}

/** The shortest bound above one item and not above the next. */
export function boundBetween(before: Item | undefined, next: Item | undefined): Bound {
  if (!before || !next) return null
  if (before.lamport !== next.lamport) return { lamport: next.lamport, prefix: '' }
  let shared = 0
  while (before.id.slice(0, shared * 2 + 2) === next.id.slice(0, shared * 2 + 2)) shared++
  return { lamport: next.lamport, prefix: next.id.slice(0, shared * 2 + 2) }
}
