import { toHex } from '#protocol/core/encoding.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import { beaconIdOf, encodeFrame, type Head, senderHashOf } from '#protocol/lora/frame.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { hexOf, MORNING, NO_FLAGS } from './make.ts'

const MAC = new Uint8Array(8).fill(0x94)
const KEY = new Uint8Array(11).fill(0xc3)

type Said = Omit<Head, 'version'>

const bytesOf = (version: 1 | 2, said: Said): Uint8Array<ArrayBuffer> =>
  encodeFrame(version === 1 ? { version, ...said } : { version, ...said, mac: MAC, key: KEY })

function whole(name: string, comment: string, said: Said, version: 1 | 2 = 1): Vector {
  const { senderHash: sender_hash, sequence, flags, unixSeconds: unix_seconds } = said
  const head = { version, beacon_id: beaconIdOf({ version, ...said }), sender_hash, sequence, flags, unix_seconds }
  const expected = version === 1 ? head : { ...head, mac_hex: toHex(MAC), key_hex: toHex(KEY) }
  return good(name, comment, { hex: toHex(bytesOf(version, said)) }, expected)
}

const broken = (name: string, catches: string, hex: string): Vector => bad(name, catches, { hex }, 'lora_frame_malformed')

export function frames({ anna }: People): VectorSource {
  const said: Said = { senderHash: senderHashOf(anna.nodeId), sequence: 258, flags: NO_FLAGS, unixSeconds: MORNING }
  const [v1, v2] = [bytesOf(1, said), bytesOf(2, said)]
  const set = (at: number, value: number, frame = v1): string => hexOf((copy) => copy.set([value], at), frame)
  return {
    name: 'frames',
    operation: 'lora.frame',
    rule: 'LOR-14',
    about: 'Frames of 32 bytes, big-endian. Encoding what a frame says gives the same bytes.',
    vectors: [
      whole('I am here', 'No flag', said),
      whole('help', 'PANIC', { ...said, flags: { ...NO_FLAGS, panic: true } }),
      whole('I am fine, at a gateway, with a low battery', 'Three flags', {
        ...said,
        flags: { panic: false, ok: true, gateway: true, low_battery: true },
      }),
      whole('the largest count and the last second', 'Nothing is signed', {
        ...said,
        sequence: 65_535,
        unixSeconds: 2 ** 32 - 1,
      }),
      whole('the smallest of everything', 'Zeros are values', { ...said, senderHash: '00000000', sequence: 0, unixSeconds: 0 }),
      whole('a head that looks like the start of a serial frame', '94 C3 twice, and C0 DB', {
        ...said,
        senderHash: '94c3c0db',
        sequence: 0x94c3,
      }),
      whole('a head full of KISS escapes', 'C0 DB DC DD', {
        ...said,
        senderHash: 'c0dbdcdd',
        sequence: 0xc0db,
        unixSeconds: 0xdcddc0c0,
      }),
      whole('version 2', 'A MAC of 94s and a key of C3s', said, 2),
      broken('31 bytes', 'length is not checked', toHex(v1.subarray(0, 31))),
      broken('33 bytes', 'what follows is cut off', `${toHex(v1)}00`),
      broken('nothing', 'an empty frame is read', ''),
      broken('version 0', 'version is not checked', set(0, 0)),
      broken('version 3', 'a later version is guessed at', set(0, 3)),
      broken('version 3 of version 2', 'a later version is guessed at', set(0, 3, v2)),
      broken('a reserved flag', 'reserved bits are ignored', set(7, 0x10)),
      broken('all flags', 'reserved bits are ignored', set(7, 0xff)),
      broken('the reserved byte', 'the reserved byte is ignored', set(8, 1)),
      broken('the reserved byte of version 2', 'the reserved byte is ignored in version 2', set(8, 1, v2)),
      broken('something behind the head of version 1', 'version 1 carries a payload', set(31, 1)),
      broken('something right behind the head of version 1', 'the check begins a byte too late', set(13, 1)),
    ],
  }
}

function numbered(n: number): NodeId {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, n)
  return nodeIdOf(key)
}
/** Two NodeIDs of one hash, found by trying: four bytes keep nobody apart who wants to be mistaken. */
export const DOUBLES = [numbered(58_296), numbered(166_098)] as const

export const hashes = (all: People): VectorSource => ({
  name: 'sender-hash',
  operation: 'lora.sender_hash',
  rule: 'LOR-14',
  about: 'The first four bytes of SHA-256 of a NodeID as text.',
  vectors: [
    ...Object.entries(all).map(([name, { nodeId }]) =>
      good(name, 'The text, prefix and all', { node_id: nodeId }, { sender_hash: senderHashOf(nodeId) }),
    ),
    ...DOUBLES.map((node_id, at) =>
      good(`double ${at + 1}`, 'Two NodeIDs of one hash', { node_id }, { sender_hash: '509e7b65' }),
    ),
    bad('no NodeID', 'any text has a hash', { node_id: 'anna' }, 'bad_request'),
  ],
})
