import { Button, Group, Stack, Text } from '@mantine/core'
import { IconTrash, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react'
import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { boundsOf, middleOf, outline, type Projection, projectionOf, scaleKm, sizeKm } from '../../alert/area.ts'
import { type Shape, toldOf } from '../../told.ts'
import desk from '../desk.module.css'
import classes from './draw.module.css'
import { boxBetween, gridLines, moved, NRW_VIEW, showing, viewOf, zoomed } from './draw.ts'
import { messages } from './messages.ts'

const WIDTH = 480
const HEIGHT = 360
/** A press that moves less is a tap: a gloved finger is never still. Pixels of the picture. */
const TAP = 12
const BAR_PX = 120

interface DrawAreaProps {
  /** What is drawn or typed so far. */
  readonly box: Bbox | null
  readonly drill: boolean
  readonly onBox: (box: Bbox | null) => void
}

/** What alerts hold for now, to find one's way by. */
function useOtherShapes(): readonly Shape[] {
  const query = useQuery(alertList, { state: 'active', limit: 50 })
  return query.status === 'ready' ? query.data.alerts.flatMap((record) => toldOf(record).shapes) : []
}

function Grid({ view, projection }: { readonly view: Bbox; readonly projection: Projection }) {
  const { format } = useLanguage()
  const text = useText(messages).draw
  const corner = projection.from(0, HEIGHT)
  const far = projection.from(WIDTH, 0)
  const km = scaleKm(BAR_PX / projection.pxPerKm)
  return (
    <>
      {gridLines(corner.lon, far.lon).map((lon) => {
        const [x] = projection.at({ lat: view.south, lon })
        return (
          <g key={`lon ${lon}`}>
            <path d={`M${x} 0 V${HEIGHT}`} className={classes.grid} />
            <text x={x + 4} y={16} className={classes.gridText}>{`${format.number(lon)}°`}</text>
          </g>
        )
      })}
      {gridLines(corner.lat, far.lat).map((lat) => {
        const [, y] = projection.at({ lat, lon: view.west })
        return (
          <g key={`lat ${lat}`}>
            <path d={`M0 ${y} H${WIDTH}`} className={classes.grid} />
            <text x={6} y={y - 5} className={classes.gridText}>{`${format.number(lat)}°`}</text>
          </g>
        )
      })}
      <path d={`M${WIDTH - 14} ${HEIGHT - 20} v8 h${(-km * projection.pxPerKm).toFixed(1)} v-8`} className={classes.bar} />
      <text x={WIDTH - 20} y={HEIGHT - 18} textAnchor="end" className={classes.barText}>
        {text.km(format.number(km))}
      </text>
    </>
  )
}

/** A rectangle by two corners: dragged, tapped, or set with the keys. The typed degrees beside it stay the whole truth. */
export function DrawArea({ box, drill, onBox }: DrawAreaProps) {
  const text = useText(messages).draw
  const { format } = useLanguage()
  const others = useOtherShapes()
  const how = useId()
  const [chosen, setView] = useState<Bbox | null>(null)
  const around = boundsOf(others)
  const view = chosen ?? (box ? viewOf(box) : around ? viewOf(around) : NRW_VIEW)
  const [cursor, setCursor] = useState<Point | null>(null)
  const [corner, setCorner] = useState<Point | null>(null)
  const pressed = useRef<readonly [x: number, y: number] | null>(null)
  const projection = projectionOf(view, WIDTH, HEIGHT, 0)
  const at = cursor ?? middleOf(view)
  const open = corner && boxBetween(corner, at)
  const shown = open ?? (corner ? null : box)

  const place = (event: PointerEvent<HTMLElement>): readonly [number, number] => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
    return [((event.clientX - left) / width) * WIDTH, ((event.clientY - top) / height) * HEIGHT]
  }
  /** The second corner ends it; one on the first is no second. */
  const finish = (first: Point, second: Point) => {
    const made = boxBetween(first, second)
    if (!made) return
    setCorner(null)
    setView(view)
    onBox(made)
  }
  const press = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    const [x, y] = place(event)
    pressed.current = [x, y]
    const point = projection.from(x, y)
    setCursor(point)
    if (corner) finish(corner, point)
    else setCorner(point)
    if (corner) pressed.current = null
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (pressed.current) setCursor(projection.from(...place(event)))
  }
  const release = (event: PointerEvent<HTMLElement>) => {
    const start = pressed.current
    pressed.current = null
    if (!start || !corner) return
    const [x, y] = place(event)
    if (Math.hypot(x - start[0], y - start[1]) > TAP) finish(corner, projection.from(x, y))
    else setCursor(corner)
  }
  const zoom = (factor: number) => setView(zoomed(view, factor, cursor ?? (box ? middleOf(box) : at)))
  const type = (event: KeyboardEvent) => {
    const next = moved(at, event.key, view, event.shiftKey)
    if (next) {
      setCursor(next)
      setView(showing(view, next))
    } else if (event.key === 'Enter' || event.key === ' ') {
      setCursor(at)
      setView(view)
      if (corner) finish(corner, at)
      else setCorner(at)
    } else if (event.key === '+' || event.key === '-') zoom(event.key === '+' ? 0.5 : 2)
    else if (event.key === 'Escape' && corner) setCorner(null)
    else return
    event.preventDefault()
  }
  const size = shown && sizeKm(shown)
  const words = size
    ? text.made(format.number(Number(size.width.toFixed(1))), format.number(Number(size.height.toFixed(1))))
    : null
  const cross = text.at(format.number(Number(at.lat.toFixed(3))), format.number(Number(at.lon.toFixed(3))))
  const [x, y] = projection.at(at)
  return (
    <details>
      <summary className={desk.summary}>{text.open}</summary>
      <Stack gap="sm" mt="sm">
        <Text size="sm" c="dimmed" id={how}>
          {text.note} {text.how}
        </Text>
        {/* a surface of its own kind: what its keys do is said beside it */}
        <div
          role="application"
          aria-label={text.surface}
          aria-describedby={how}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
          tabIndex={0}
          className={classes.surface}
          onPointerDown={press}
          onPointerMove={drag}
          onPointerUp={release}
          onPointerCancel={release}
          onKeyDown={type}
        >
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
            <Grid view={view} projection={projection} />
            {others.map((shape) => (
              <polygon key={outline(shape, projection)} points={outline(shape, projection)} className={classes.other} />
            ))}
            {shown ? (
              <polygon points={outline({ bbox: shown }, projection)} className={classes.box} data-drill={drill || undefined} />
            ) : null}
            {corner ? (
              <circle cx={projection.at(corner)[0]} cy={projection.at(corner)[1]} r={6} className={classes.corner} />
            ) : null}
            <path d={`M${x - 12} ${y} h24 M${x} ${y - 12} v24`} className={classes.cross} />
          </svg>
        </div>
        <Text role="status" size="sm">
          {[corner ? text.first : null, words, cross].filter((line) => line !== null).join(' ')}
        </Text>
        <Group gap="sm">
          <Button
            variant="default"
            className={desk.wide}
            leftSection={<IconZoomIn size={24} aria-hidden />}
            onClick={() => zoom(0.5)}
          >
            {text.closer}
          </Button>
          <Button
            variant="default"
            className={desk.wide}
            leftSection={<IconZoomOut size={24} aria-hidden />}
            onClick={() => zoom(2)}
          >
            {text.further}
          </Button>
          {box ? (
            <Button
              variant="default"
              className={desk.wide}
              leftSection={<IconTrash size={24} aria-hidden />}
              onClick={() => {
                setCorner(null)
                onBox(null)
              }}
            >
              {text.clear}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </details>
  )
}
