import type { Output } from '#protocol/core/capability.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'

type Mesh = Output<typeof nodePeers>
export type MeshPeer = Mesh['peers'][number]
export type MeshBox = Mesh['boxes'][number]

/** A peer's or box's place in the picture, in pixels of a picture `width` wide. */
export interface Placed<T> {
  readonly item: T
  readonly x: number
  readonly y: number
  /** Where its label starts, and which way it runs. */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end'; readonly room: number }
}

export interface MeshLayout {
  readonly width: number
  readonly height: number
  readonly self: { readonly x: number; readonly y: number }
  readonly peers: readonly Placed<MeshPeer>[]
  readonly boxes: readonly Placed<MeshBox>[]
}

/** Below this width labels stand under their nodes instead of beside them. */
const NARROW = 560
/** Round trips between which distance grows, in milliseconds; beyond, it stays. */
const NEAR_MS = 5
const FAR_MS = 800
const EDGE = 56
/** Room in the middle that belongs to this device and its label. */
const CLEAR = 78

const byId = (a: MeshPeer, b: MeshPeer): number => (a.node_id < b.node_id ? -1 : 1)

/** 0 (as near as can be) to 1 (as far): the logarithm of the round trip, far for whoever is not connected. */
export function farness(peer: MeshPeer): number {
  if (peer.connection === 'away') return 1
  if (peer.latency_ms === null) return 0.7
  const ratio = Math.log(Math.max(peer.latency_ms, NEAR_MS) / NEAR_MS) / Math.log(FAR_MS / NEAR_MS)
  return Math.min(ratio, 1) * 0.9
}

/** Nodes stand in two wings, one row each, so that forty labels never touch; few of them make a ring. */
function placePeers(peers: readonly MeshPeer[], width: number, rowHeight: number, top: number): readonly Placed<MeshPeer>[] {
  const narrow = width < NARROW
  const reach = narrow ? width / 4 + 14 : width / 2 - 190
  const nearest = narrow ? CLEAR - 10 : CLEAR
  const sorted = [...peers].sort(byId)
  const rows = Math.ceil(sorted.length / 2)
  return sorted.map((item, at) => {
    const side = at % 2 === 0 ? 1 : -1
    const onThisSide = side === 1 ? rows : sorted.length - rows
    // the shorter wing is centred on the longer one
    const row = Math.floor(at / 2) + (rows - onThisSide) / 2
    const y = top + (row + 0.5) * rowHeight
    const radius = nearest + farness(item) * Math.max(reach - nearest, 0)
    const off = ((row + 0.5) / rows) * 2 - 1
    const x = width / 2 + side * Math.max(nearest, radius * Math.sqrt(1 - off * off * 0.55))
    const room = narrow ? Math.min(2 * Math.min(x, width - x), width / 2 - 12) : (side === 1 ? width - x : x) - 22
    const label = narrow
      ? ({ x, y: y + 24, anchor: 'middle', room } as const)
      : ({ x: x + side * 16, y: y + 5, anchor: side === 1 ? 'start' : 'end', room } as const)
    return { item, x, y, label }
  })
}

/** Boxes stand at the rim, above and below in turn. */
function placeBoxes(boxes: readonly MeshBox[], width: number, height: number): readonly Placed<MeshBox>[] {
  const above = Math.ceil(boxes.length / 2)
  return boxes.map((item, at) => {
    const onTop = at % 2 === 0
    const count = onTop ? above : boxes.length - above
    const slot = width / count
    const x = slot * (Math.floor(at / 2) + 0.5)
    const y = onTop ? 22 : height - 34
    return { item, x, y, label: { x, y: y + 26, anchor: 'middle', room: slot - 16 } }
  })
}

/**
 * The mesh as a picture: this device in the middle, every peer at a distance that grows with its round trip, boxes at the
 * rim. Pure and stable: a peer's row depends on who is there, never on when they came.
 * @param width in CSS pixels.
 */
export function layoutMesh(mesh: Mesh, width: number): MeshLayout {
  const rowHeight = width < NARROW ? 58 : mesh.peers.length > 16 ? 30 : 46
  const rows = Math.max(Math.ceil(mesh.peers.length / 2), width < NARROW ? 3 : 5)
  const top = mesh.boxes.length > 0 ? EDGE : 12
  const bottom = mesh.boxes.length > 1 ? EDGE : 12
  const height = top + rows * rowHeight + bottom
  const taken = Math.ceil(mesh.peers.length / 2) * rowHeight
  const peersTop = top + (rows * rowHeight - taken) / 2
  return {
    width,
    height,
    self: { x: width / 2, y: top + (rows * rowHeight) / 2 },
    peers: placePeers(mesh.peers, width, rowHeight, peersTop),
    boxes: placeBoxes(mesh.boxes, width, height),
  }
}

/** As much of a label as fits `room` pixels at some 8.2 pixels a character. */
export function fitted(text: string, room: number): string {
  const characters = Array.from(text)
  const fits = Math.max(Math.floor(room / 8.2), 3)
  return characters.length <= fits ? text : `${characters.slice(0, fits - 1).join('')}…`
}

/** What people know a box by: the host in its multiaddr. */
export function boxName(multiaddr: string): string {
  const [, , host] = multiaddr.split('/')
  return host || multiaddr
}
