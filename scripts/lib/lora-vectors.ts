import { toHex } from '#protocol/core/encoding.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { airtimeMs } from '#protocol/lora/airtime.ts'
import { disclosedBy, indexAt, macOf, makeChain, saltOf, valueAt } from '#protocol/lora/chain.ts'
import { encodeFrame, encodeHead, type Head, KEY_BYTES, senderHashOf } from '#protocol/lora/frame.ts'
import type { Flags } from '#protocol/lora/records.ts'

interface FrameVector {
  readonly name: string
  readonly valid: boolean
  /** What an implementation that lets it pass gets wrong. */
  readonly bug?: string
  readonly hex: string
  /** Of a valid one: what it says. */
  readonly head?: Omit<Head, 'flags'> & { readonly flags: Flags }
}

/** Frames as bytes (M29 frame v1, and the form of v2). */
export interface FrameVectors {
  readonly rule: string
  readonly about: string
  readonly airtime_ms: Readonly<Record<string, number>>
  readonly vectors: readonly FrameVector[]
}

/** What a receiver makes of a frame that comes at a time, knowing one anchor (LOR-7 to LOR-9). */
interface ProofVector {
  readonly name: string
  readonly bug?: string
  /** Frames in the order they come, each with the receiver's clock in seconds since 1970. */
  readonly frames: readonly { readonly at: number; readonly hex: string }[]
  /** For each frame, what is known of it after the last one came. */
  readonly expected: readonly { readonly proof: string; readonly doubt: string | null }[]
}

export interface ProofVectors {
  readonly rule: string
  readonly about: string
  readonly anchor: {
    readonly node_id: NodeId
    readonly starts_at: number
    readonly salt: string
    /** Hex, by day; the first two and the last. */
    readonly key_commitments: readonly string[]
    readonly panic_commitments: readonly string[]
  }
  /** Values of the chains, hex, by kind and index. */
  readonly values: { readonly key: Readonly<Record<string, string>>; readonly panic: Readonly<Record<string, string>> }
  readonly vectors: readonly ProofVector[]
}

const NO_FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }
const VECTOR_START = 1_779_753_600
const AT = VECTOR_START + 28_800
const anna = nodeIdOf(new Uint8Array(32).fill(1))
const HASH = senderHashOf(anna)

const hexOf = (change: (bytes: Uint8Array) => void, bytes: Uint8Array): string => {
  const copy = bytes.slice()
  change(copy)
  return toHex(copy)
}

export function frameVectors(): FrameVectors {
  const head = { senderHash: HASH, sequence: 258, flags: NO_FLAGS, unixSeconds: AT }
  const v1 = encodeFrame({ version: 1, ...head })
  const v2 = encodeFrame({ version: 2, ...head, mac: new Uint8Array(8).fill(0x94), key: new Uint8Array(11).fill(0xc3) })
  const good = (name: string, said: Omit<Head, 'version'>, version: 1 | 2 = 1): FrameVector => ({
    name,
    valid: true,
    hex: toHex(
      version === 1
        ? encodeFrame({ version, ...said })
        : encodeFrame({ version, ...said, mac: new Uint8Array(8).fill(0x94), key: new Uint8Array(11).fill(0xc3) }),
    ),
    head: { version, ...said },
  })
  const bad = (name: string, bug: string, hex: string): FrameVector => ({ name, valid: false, bug, hex })
  return {
    rule: 'M29 frame v1, LOR-1',
    about:
      'Frames of 32 bytes, big-endian. The sender is the NodeID of 32 times the byte 01. A refused one is lora_frame_malformed.',
    airtime_ms: Object.fromEntries(
      [7, 8, 9, 10, 11, 12].map((sf) => [
        `SF${sf}`,
        Number(
          airtimeMs(32, {
            ...{ frequency_hz: 869_525_000, bandwidth_hz: 125_000, spreading_factor: sf },
            ...{ coding_rate: 5, preamble_symbols: 8, tx_power_dbm: 14 },
          }).toFixed(3),
        ),
      ]),
    ),
    vectors: [
      good('I am here', head),
      good('help', { ...head, flags: { ...NO_FLAGS, panic: true } }),
      good('I am fine, at a gateway, with a low battery', {
        ...head,
        flags: { panic: false, ok: true, gateway: true, low_battery: true },
      }),
      good('the largest count and the last second', { ...head, sequence: 65_535, unixSeconds: 4_294_967_295 }),
      good('the smallest of everything', { ...head, senderHash: '00000000', sequence: 0, unixSeconds: 0 }),
      good('a head that looks like the start of a serial frame', { ...head, senderHash: '94c3c0db', sequence: 0x94c3 }),
      good('a head full of KISS escapes', { ...head, senderHash: 'c0dbdcdd', sequence: 0xc0db, unixSeconds: 0xdcddc0c0 }),
      good('version 2', head, 2),
      bad('31 bytes', 'length is not checked', toHex(v1.subarray(0, 31))),
      bad('33 bytes', 'what follows is cut off', `${toHex(v1)}00`),
      bad('nothing', 'an empty frame is read', ''),
      bad(
        'version 0',
        'version is not checked',
        hexOf((bytes) => bytes.set([0]), v1),
      ),
      bad(
        'version 3',
        'a later version is guessed at',
        hexOf((bytes) => bytes.set([3]), v1),
      ),
      bad(
        'a reserved flag',
        'reserved bits are ignored',
        hexOf((bytes) => bytes.set([0x10], 7), v1),
      ),
      bad(
        'all flags',
        'reserved bits are ignored',
        hexOf((bytes) => bytes.set([0xff], 7), v1),
      ),
      bad(
        'the reserved byte',
        'the reserved byte is ignored',
        hexOf((bytes) => bytes.set([1], 8), v1),
      ),
      bad(
        'the reserved byte of version 2',
        'the reserved byte is ignored in version 2',
        hexOf((bytes) => bytes.set([1], 8), v2),
      ),
      bad(
        'something behind the head of version 1',
        'version 1 carries a payload',
        hexOf((bytes) => bytes.set([1], 31), v1),
      ),
    ],
  }
}

/** The same chain from the same seeds, every time. */
export async function proofVectors(): Promise<ProofVectors> {
  const salt = saltOf(anna, VECTOR_START)
  const keys = await makeChain('key', salt, new Uint8Array(KEY_BYTES).fill(2), async () => {})
  const panics = await makeChain('panic', salt, new Uint8Array(KEY_BYTES).fill(3), async () => {})
  const key = (index: number) => valueAt('key', salt, keys.days, index)
  const token = (index: number) => valueAt('panic', salt, panics.days, index)

  function seal(
    at: number,
    sequence: number,
    flags: Partial<Flags> = {},
    change: { panicIndex?: number; keyIndex?: number } = {},
  ) {
    const head = { version: 2 as const, senderHash: HASH, sequence, flags: { ...NO_FLAGS, ...flags }, unixSeconds: at }
    const index = indexAt('key', VECTOR_START, at)
    const shown = head.flags.panic
      ? token(change.panicIndex ?? indexAt('panic', VECTOR_START, at))
      : key(change.keyIndex ?? disclosedBy(index))
    return encodeFrame({ ...head, key: shown, mac: macOf(salt, index, key(index), encodeHead(head), shown) })
  }
  const come = (at: number, frame: Uint8Array) => ({ at, hex: toHex(frame) })
  const proven = { proof: 'proven', doubt: null }
  const pending = { proof: 'pending', doubt: null }
  const unproven = (doubt: string) => ({ proof: 'unproven', doubt })

  const first = seal(AT + 10, 1)
  const second = seal(AT + 610, 2)
  const v1 = encodeFrame({ version: 1, senderHash: HASH, sequence: 1, flags: NO_FLAGS, unixSeconds: AT + 10 })
  const help = seal(AT + 20, 3, { panic: true })
  const bent = (frame: Uint8Array, at: number): Uint8Array => frame.with(at, (frame[at] ?? 0) ^ 1)

  const vectors: ProofVector[] = [
    { name: 'a beacon waits for its key', frames: [come(AT + 11, first)], expected: [pending] },
    {
      name: 'the next beacon brings the key of the one before',
      frames: [come(AT + 11, first), come(AT + 611, second)],
      expected: [proven, pending],
    },
    {
      name: 'a key that comes a day later still proves what came in time',
      frames: [come(AT + 11, first), come(AT + 80_011, seal(AT + 80_010, 9))],
      expected: [proven, pending],
    },
    { name: 'version 1 proves nothing', frames: [come(AT + 11, v1)], expected: [unproven('unsigned')] },
    { name: 'a call for help proves itself', frames: [come(AT + 21, help)], expected: [proven] },
    {
      name: 'a beacon that comes when its key may be out',
      bug: 'the time of arrival is not looked at',
      frames: [come(AT + 600 - 120, first)],
      expected: [unproven('late')],
    },
    { name: 'the last second in which its key is surely secret', frames: [come(AT + 600 - 121, first)], expected: [pending] },
    {
      name: 'a beacon from a time that has not come',
      bug: 'the future is believed',
      frames: [come(AT + 10 - 121, first)],
      expected: [unproven('ahead')],
    },
    {
      name: 'a count changed on the way',
      bug: 'the MAC is not checked when the key comes',
      frames: [come(AT + 11, bent(first, 6)), come(AT + 611, second)],
      expected: [unproven('forged'), pending],
    },
    {
      name: 'a disclosed key changed on the way',
      bug: 'the key is not led to the anchor',
      frames: [come(AT + 11, bent(first, 31))],
      expected: [unproven('forged')],
    },
    {
      name: 'a key of the wrong interval',
      bug: 'any key of the chain will do',
      frames: [come(AT + 11, seal(AT + 10, 1, {}, { keyIndex: 90 }))],
      expected: [unproven('forged')],
    },
    {
      name: 'a frame made with a key that another frame has disclosed',
      bug: 'a key that is out still signs',
      frames: [come(AT + 11, first), come(AT + 612, second), come(AT + 613, seal(AT + 11, 7, { ok: true }))],
      expected: [proven, pending, unproven('late')],
    },
    {
      name: 'a panic token of another quarter of an hour',
      bug: 'any token of the chain will do',
      frames: [come(AT + 21, seal(AT + 20, 3, { panic: true }, { panicIndex: 31 }))],
      expected: [unproven('forged')],
    },
    {
      name: 'a call for help from an hour ago',
      bug: 'a token holds for ever',
      frames: [come(AT + 3620, help)],
      expected: [unproven('late')],
    },
    {
      name: 'the same token under other words',
      bug: 'a token that is out proves any frame that carries it',
      frames: [come(AT + 21, help), come(AT + 30, bent(help, 6))],
      expected: [proven, pending],
    },
  ]
  const days = (of: Uint8Array) => [0, 1, 365].map((day) => toHex(of.subarray(day * KEY_BYTES, (day + 1) * KEY_BYTES)))
  const listed = (value: (index: number) => Uint8Array, indices: readonly number[]) =>
    Object.fromEntries(indices.map((index) => [index, toHex(value(index))]))
  return {
    rule: 'LOR-7, LOR-8, LOR-9',
    about:
      'One anchor and what a receiver that knows it makes of frames. The last value of the key chain is 11 times the byte 02, of the panic chain 11 times 03; the sender is the NodeID of 32 times the byte 01. Full commitments follow from these.',
    anchor: {
      node_id: anna,
      starts_at: VECTOR_START,
      salt: toHex(salt),
      key_commitments: days(keys.commitments),
      panic_commitments: days(panics.commitments),
    },
    values: { key: listed(key, [0, 94, 96, 287, 288]), panic: listed(token, [0, 32, 95, 96]) },
    vectors,
  }
}
