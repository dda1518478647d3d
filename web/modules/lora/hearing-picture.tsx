import { useText } from '../../kit/i18n.tsx'
import { CERTAINTY_SHAPES, type Certainty } from './certainty.ts'
import { DOT_PX, type Heard, layoutHearing, ringsOf } from './hearing-layout.ts'
import classes from './lora.module.css'
import { messages } from './messages.ts'

/** The shape of a dot: round only for who is there for sure, as everywhere (`CertaintyMark`). */
export function Dot({ certainty, number }: { readonly certainty: Certainty; readonly number: number }) {
  const shape = CERTAINTY_SHAPES[certainty]
  return (
    <g className={classes.dot} data-status={shape}>
      {shape === 'bad' ? (
        <rect x={-DOT_PX * 0.8} y={-DOT_PX * 0.8} width={DOT_PX * 1.6} height={DOT_PX * 1.6} transform="rotate(45)" />
      ) : (
        <circle r={DOT_PX - 1} />
      )}
      <text y="4.5" textAnchor="middle">
        {number}
      </text>
    </g>
  )
}

export interface PictureItem extends Heard {
  readonly certainty: Certainty
}

export interface HearingPictureProps {
  /** In the order of their numbers, which the list below repeats. */
  readonly heard: readonly PictureItem[]
  /** Side of the picture, px. */
  readonly size: number
}

/** Who is heard, placed around this device by how well. */
export function HearingPicture({ heard, size }: HearingPictureProps) {
  const text = useText(messages).hearing
  const places = layoutHearing(heard, size)
  const middle = size / 2
  return (
    <svg
      className={classes.picture}
      width={size}
      height={size}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={text.picture(heard.length)}
    >
      {ringsOf(size).map((radius) => (
        <circle key={radius} cx={middle} cy={middle} r={radius} className={classes.ring} />
      ))}
      <circle cx={middle} cy={middle} r="22" className={classes.self} />
      <text x={middle} y={middle + 5} textAnchor="middle" className={classes.selfLabel}>
        {text.me}
      </text>
      {places.map(({ id, x, y }, at) => (
        <g key={id} transform={`translate(${x} ${y})`}>
          <Dot certainty={heard[at]?.certainty ?? 'unknown'} number={at + 1} />
        </g>
      ))}
    </svg>
  )
}
