import type { EvidenceLevel } from '#protocol/evidence/records.ts'
import type { GraphNode } from './graph.ts'
import classes from './picture.module.css'

interface ShapeProps {
  readonly kind: GraphNode['kind']
  readonly level?: EvidenceLevel | undefined
  readonly x: number
  readonly y: number
}

/** A shape of 16 pixels for each kind of thing in the picture, told apart without colour. */
export function Shape({ kind, level, x, y }: ShapeProps) {
  return (
    <g transform={`translate(${x} ${y})`} className={classes.shape} data-kind={kind} data-level={level}>
      {kind === 'claim' ? <path d="M1 2h14v9H8l-4 4v-4H1z" /> : null}
      {kind === 'attests' ? (
        <>
          <circle cx="8" cy="8" r="7" />
          <path d="m4.5 8 2.5 2.6 4.6-5" className={classes.inner} />
        </>
      ) : null}
      {kind === 'disputes' ? (
        <>
          <path d="M8 0 16 8 8 16 0 8z" />
          <path d="m5.5 5.5 5 5m0-5-5 5" className={classes.inner} />
        </>
      ) : null}
      {kind === 'source' ? <path d="M2 1h8l4 4v10H2z" /> : null}
      {kind === 'unknown' ? <circle cx="8" cy="8" r="6.5" className={classes.hollow} /> : null}
    </g>
  )
}
