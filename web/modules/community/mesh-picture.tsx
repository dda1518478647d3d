import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { boxName, fitted, layoutMesh, type MeshBox, type MeshLayout, type MeshPeer, type Placed } from './mesh-layout.ts'
import classes from './mesh-picture.module.css'
import { messages } from './messages.ts'

/** Pixels of a label that its round trip takes. */
const DETAIL_ROOM = 58

function PeerNode({ placed }: { readonly placed: Placed<MeshPeer> }) {
  const text = useText(messages).mesh
  const format = useFormat()
  const { item: peer, x, y, label } = placed
  const name = peer.display_name === null ? displayNodeId(peer.node_id).slice(0, 9) : visibleText(peer.display_name)
  const detail =
    peer.latency_ms === null || peer.connection === 'away' ? null : text.latency(format.number(Math.round(peer.latency_ms)))
  const room = label.room - (detail === null ? 0 : DETAIL_ROOM)
  return (
    <g>
      <circle
        r="9"
        className={`${classes.peer} ${classes.moving}`}
        data-connection={peer.connection}
        transform={`translate(${x} ${y})`}
      />
      <text x={label.x} y={label.y} textAnchor={label.anchor} className={classes.label}>
        {fitted(name, room)}
        {detail === null ? null : <tspan className={classes.detail}>{` ${detail}`}</tspan>}
      </text>
    </g>
  )
}

function BoxNode({ placed }: { readonly placed: Placed<MeshBox> }) {
  const { item: box, x, y, label } = placed
  return (
    <g>
      <rect x={x - 11} y={y - 9} width="22" height="18" rx="3" className={classes.box} data-state={box.state} />
      <text x={label.x} y={label.y} textAnchor="middle" className={classes.detail}>
        {fitted(boxName(box.multiaddr), label.room)}
      </text>
    </g>
  )
}

const BOX_LINES = { connected: 'relayed', connecting: 'connecting', unreachable: 'away' } as const

function Lines({ layout }: { readonly layout: MeshLayout }) {
  const { self } = layout
  const ends = [
    ...layout.peers.map(({ item, x, y }) => ({ id: item.node_id, connection: item.connection, x, y })),
    ...layout.boxes.map(({ item, x, y }) => ({ id: item.multiaddr, connection: BOX_LINES[item.state], x, y })),
  ]
  return ends
    .filter(({ connection }) => connection !== 'away')
    .map(({ id, connection, x, y }) => (
      <line key={id} x1={x} y1={y} x2={self.x} y2={self.y} className={classes.line} data-connection={connection} />
    ))
}

export interface MeshPictureProps {
  readonly mesh: Output<typeof nodePeers>
  readonly myName: string
  /** Room there is, in CSS pixels. */
  readonly width: number
}

/** The mesh as this device sees it: itself in the middle, the others by how long a message takes. */
export function MeshPicture({ mesh, myName, width }: MeshPictureProps) {
  const text = useText(messages)
  const format = useFormat()
  const layout = layoutMesh(mesh, width)
  const count = (...kinds: readonly MeshPeer['connection'][]) =>
    format.number(mesh.peers.filter(({ connection }) => kinds.includes(connection)).length)
  const summary = text.mesh.picture(count('direct'), count('relayed'), count('connecting', 'away'))
  const { self } = layout
  return (
    <svg
      className={classes.picture}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="img"
      aria-label={summary}
    >
      <Lines layout={layout} />
      {layout.boxes.map((placed) => (
        <BoxNode key={placed.item.multiaddr} placed={placed} />
      ))}
      {layout.peers.map((placed) => (
        <PeerNode key={placed.item.node_id} placed={placed} />
      ))}
      <circle cx={self.x} cy={self.y} r="16" className={classes.self} />
      <text x={self.x} y={self.y + 34} textAnchor="middle" className={classes.selfLabel}>
        {fitted(visibleText(myName), 110)}
      </text>
    </svg>
  )
}
