import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNodeId } from '#protocol/core/ids.ts'
import { boxName, farness, fitted, layoutMesh, type MeshBox, type MeshPeer } from './mesh-layout.ts'

const id = (at: number) => parseNodeId(`ed25519:${String(at).padStart(43, 'A')}`)
const since = '2026-05-26T08:14:22Z'

const peers = fc
  .array(
    fc.record({
      clock_ahead_seconds: fc.constant(null),
      latency_ms: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true })),
      connection: fc.constantFrom('direct' as const, 'relayed' as const, 'connecting' as const, 'away' as const),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((peer, at): MeshPeer => ({ ...peer, node_id: id(at), display_name: 'Anna', level: 'member', since })))
const boxes = fc
  .integer({ min: 0, max: 4 })
  .map((count) =>
    Array.from({ length: count }, (_, at): MeshBox => ({ multiaddr: `/ip4/10.0.0.${at}/tcp/1/ws`, state: 'connected', since })),
  )
const widths = fc.integer({ min: 280, max: 1100 })

describe('the picture of the mesh', () => {
  it('keeps every node inside and apart from every other, up to forty peers', () => {
    fc.assert(
      fc.property(peers, boxes, widths, (list, rim, width) => {
        const { height, self, peers: placed, boxes: outer } = layoutMesh({ peers: list, boxes: rim }, width)
        const all = [self, ...placed, ...outer]
        for (const [at, a] of all.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(12)
          expect(a.x).toBeLessThanOrEqual(width - 12)
          expect(a.y).toBeGreaterThanOrEqual(12)
          expect(a.y).toBeLessThanOrEqual(height - 12)
          for (const b of all.slice(at + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(24)
        }
      }),
    )
  })

  it('gives every label a row of its own', () => {
    fc.assert(
      fc.property(peers, widths, (list, width) => {
        const { peers: placed } = layoutMesh({ peers: list, boxes: [] }, width)
        for (const right of [true, false]) {
          const rows = placed.filter((peer) => peer.x > width / 2 === right).map((peer) => peer.label.y)
          for (const [at, y] of rows.entries()) if (at > 0) expect(y - (rows[at - 1] ?? y)).toBeGreaterThanOrEqual(29)
        }
        for (const peer of placed) expect(peer.label.room).toBeGreaterThanOrEqual(80)
      }),
    )
  })

  it('does not depend on the order in which peers are listed', () => {
    fc.assert(
      fc.property(peers, widths, (list, width) => {
        expect(layoutMesh({ peers: list.toReversed(), boxes: [] }, width)).toEqual(
          layoutMesh({ peers: list, boxes: [] }, width),
        )
      }),
    )
  })

  it('puts the slower of two further out, and whoever is away furthest', () => {
    const peer = (latency_ms: number | null, connection: MeshPeer['connection'] = 'direct'): MeshPeer => ({
      node_id: id(1),
      display_name: null,
      level: 'unknown',
      connection,
      clock_ahead_seconds: null,
      latency_ms,
      since,
    })
    expect(farness(peer(8))).toBeLessThan(farness(peer(80)))
    expect(farness(peer(60_000))).toBeLessThan(farness(peer(null, 'away')))
  })

  it('shortens a label to its room and names a box by its host', () => {
    expect(fitted('Anna', 100)).toBe('Anna')
    expect(fitted('Donaudampfschifffahrt', 68)).toBe('Donauda…')
    expect(boxName('/dns4/box.issum.example/tcp/443/wss')).toBe('box.issum.example')
    expect(boxName('odd')).toBe('odd')
  })
})
