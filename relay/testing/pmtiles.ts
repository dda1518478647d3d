import { deflateSync } from 'node:zlib'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { zxyToTileId } from 'pmtiles'

// A small map as real ones are (PMTiles, version 3), written after its specification and read back by its own reader in tests.

const HEADER_BYTES = 127
const NOT_COMPRESSED = 1
export const TILE_TYPES = { mvt: 1, png: 2 } as const

export interface TileIn {
  readonly z: number
  readonly x: number
  readonly y: number
  readonly data: Uint8Array
}

interface MapFile {
  readonly type: keyof typeof TILE_TYPES
  readonly tiles: readonly TileIn[]
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Degrees: west, south, east, north. */
  readonly bounds?: readonly [number, number, number, number]
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

/** One directory: ids as differences, runs of one tile, lengths, and offsets that follow from the lengths. */
function directoryOf(tiles: readonly { readonly id: number; readonly data: Uint8Array }[]): Uint8Array {
  const ids = tiles.map(({ id }, at) => id - (tiles[at - 1]?.id ?? 0))
  const columns = [ids, tiles.map(() => 1), tiles.map(({ data }) => data.length), tiles.map((_, at) => (at === 0 ? 1 : 0))]
  return Uint8Array.from([...varint(tiles.length), ...columns.flat().flatMap(varint)])
}

/** A map with a root directory and its tiles, nothing compressed. Each tile once. */
export function writePmtiles({ type, tiles, metadata = {}, bounds = [-180, -85, 180, 85] }: MapFile): Buffer {
  const sorted = tiles.map(({ z, x, y, data }) => ({ id: zxyToTileId(z, x, y), data })).sort((a, b) => a.id - b.id)
  const parts = [
    directoryOf(sorted),
    Buffer.from(JSON.stringify(metadata)),
    Buffer.alloc(0),
    Buffer.concat(sorted.map(({ data }) => data)),
  ]
  const header = Buffer.alloc(HEADER_BYTES)
  header.write('PMTiles', 'latin1')
  header.writeUInt8(3, 7)
  let offset = HEADER_BYTES
  for (const [at, { length }] of parts.entries()) {
    header.writeBigUInt64LE(BigInt(offset), 8 + 16 * at)
    header.writeBigUInt64LE(BigInt(length), 16 + 16 * at)
    offset += length
  }
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(BigInt(sorted.length), at)
  const zooms = tiles.map(({ z }) => z)
  header.set([1, NOT_COMPRESSED, NOT_COMPRESSED, TILE_TYPES[type], Math.min(...zooms), Math.max(...zooms)], 96)
  const [west, south, east, north] = bounds
  for (const [at, degrees] of [west, south, east, north].entries()) header.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * at)
  header.writeUInt8(Math.min(...zooms), 118)
  header.writeInt32LE(Math.round(((west + east) / 2) * 1e7), 119)
  header.writeInt32LE(Math.round(((south + north) / 2) * 1e7), 123)
  return Buffer.concat([header, ...parts])
}

function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function chunk(name: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length)
  ends.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
}

/** A square of one colour as a PNG of 256 by 256. @param rgb 0 to 255 each */
export function plainPng(rgb: readonly [number, number, number]): Buffer {
  const side = 256
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side)
  header.writeUInt32BE(side, 4)
  // eight bits, with a palette of one colour
  header.set([8, 3], 8)
  // each row is a filter byte, none, and as many times colour 0
  const rows = Buffer.alloc(side * (side + 1))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(rgb)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The tile that a point lies in (Web Mercator). @param lon degrees @param lat degrees */
export function tileAt(z: number, lon: number, lat: number): { readonly z: number; readonly x: number; readonly y: number } {
  const size = 2 ** z
  const turn = (lat * Math.PI) / 180
  const y = (1 - Math.asinh(Math.tan(turn)) / Math.PI) / 2
  return { z, x: Math.floor(((lon + 180) / 360) * size), y: Math.floor(y * size) }
}

/** Every tile over an area, for zooms from one to another, all of the same picture. */
export const tilesOver = (
  [west, south, east, north]: readonly [number, number, number, number],
  [from, to]: readonly [number, number],
  data: Uint8Array,
): TileIn[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at).flatMap((z) => {
    const first = tileAt(z, west, north)
    const last = tileAt(z, east, south)
    return Array.from({ length: last.x - first.x + 1 }, (_, right) =>
      Array.from({ length: last.y - first.y + 1 }, (__, down) => ({ z, x: first.x + right, y: first.y + down, data })),
    ).flat()
  })

const EXTENT = 4096
const POLYGON = 3
const MOVE_TO = 1
const LINE_TO = 2
const CLOSE_PATH = 7
const zigzag = (value: number): number => (value << 1) ^ (value >> 31)

/** A vector tile (Mapbox Vector Tile, version 2) whose layers each cover all of it. @param layers their names */
export function plainMvt(layers: readonly string[]): Uint8Array {
  const corners: readonly (readonly [number, number])[] = [
    [EXTENT, 0],
    [0, EXTENT],
    [-EXTENT, 0],
  ]
  const steps = corners.flatMap(([x, y]) => [zigzag(x), zigzag(y)])
  const geometry = [(1 << 3) | MOVE_TO, 0, 0, (corners.length << 3) | LINE_TO, ...steps, (1 << 3) | CLOSE_PATH]
  const tile = new BinaryWriter()
  for (const name of layers) {
    tile.tag(3, WireType.LengthDelimited).fork()
    tile.tag(1, WireType.LengthDelimited).string(name)
    tile.tag(2, WireType.LengthDelimited).fork()
    tile.tag(3, WireType.Varint).uint32(POLYGON)
    tile.tag(4, WireType.LengthDelimited).fork()
    for (const number of geometry) tile.uint32(number)
    tile.join().join()
    tile.tag(5, WireType.Varint).uint32(EXTENT)
    tile.tag(15, WireType.Varint).uint32(2).join()
  }
  return tile.finish()
}
