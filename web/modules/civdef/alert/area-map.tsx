import type { Point } from '#protocol/civdef/alert.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import type { Shape } from '../told.ts'
import classes from './alert.module.css'
import { boundsOf, outline, projectionOf, scaleKm } from './area.ts'
import { messages } from './messages.ts'

const WIDTH = 480
const HEIGHT = 320
const PAD = 36
/** The scale bar is no longer than this, px. */
const BAR_PX = 140

interface AreaMapProps {
  readonly shapes: readonly Shape[]
  readonly position: Point | null
  readonly drill: boolean
}

/** What was drawn, without a map below it: no tile server is asked. North is up; what it shows is said in words beside it. */
export function AreaMap({ shapes, position, drill }: AreaMapProps) {
  const text = useText(messages)
  const format = useFormat()
  const bounds = boundsOf(shapes, position)
  if (!bounds) return null
  const projection = projectionOf(bounds, WIDTH, HEIGHT, PAD)
  const km = scaleKm(BAR_PX / projection.pxPerKm)
  const bar = km * projection.pxPerKm
  const me = position ? projection.at(position) : null
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.map} role="img" aria-label={text.map}>
      {shapes.map((shape) => (
        <polygon
          key={outline(shape, projection)}
          points={outline(shape, projection)}
          className={classes.mapArea}
          data-drill={drill || undefined}
        />
      ))}
      {drill ? (
        <text x={WIDTH / 2} y={32} textAnchor="middle" className={classes.mapDrill}>
          {text.drillWord}
        </text>
      ) : null}
      {me ? (
        <>
          <circle cx={me[0]} cy={me[1]} r={9} className={classes.mapMe} />
          <text x={me[0]} y={me[1] - 16} textAnchor="middle" className={classes.mapText}>
            {text.mine}
          </text>
        </>
      ) : null}
      <path d={`M14 ${HEIGHT - 24} v8 h${bar.toFixed(1)} v-8`} className={classes.mapBar} />
      <text x={22} y={HEIGHT - 22} className={classes.mapText}>
        {text.km(format.number(km))}
      </text>
      <path d={`M${WIDTH - 24} 40 v-24 m-7 8 l7 -8 l7 8`} className={classes.mapBar} />
    </svg>
  )
}
