import { Button, Group, Stack, Text } from '@mantine/core'
import { IconTrash, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { placeMap } from '#protocol/civdef/place-capabilities.ts'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { bearing, isWithin, middleOf, sizeKm } from '../../alert/area.ts'
import { degreesIn } from '../../map/degrees.ts'
import classes from '../../map/map.module.css'
import { Credits } from '../../map/map-view.tsx'
import { messages as map } from '../../map/messages.ts'
import { awayFrom, type MapPoint, roomy, type Scene, sceneOf, viewOf } from '../../map/scene.ts'
import { useChart } from '../../map/use-chart.ts'
import { toldOf } from '../../told.ts'
import desk from '../desk.module.css'
import { boxBetween, moved } from './draw.ts'
import { messages } from './messages.ts'

/** A press that moves less is a tap: a gloved finger is never still. Pixels. */
const TAP = 12
/** Municipalities in the rectangle that are named; further ones are counted. */
const MOST_NAMED = 6
const NO_POINTS: readonly MapPoint[] = []

interface DrawAreaProps {
  /** Where the alert is to hold: what the map shows first. */
  readonly region: string
  /** What is drawn or typed so far. */
  readonly box: Bbox | null
  readonly drill: boolean
  readonly onBox: (box: Bbox | null) => void
}

/** The municipalities of the region, all others, and what alerts hold for now: to find one's way by. */
function useScene(region: string): Scene {
  const places = useQuery(placeMap, {})
  const alerts = useQuery(alertList, { state: 'active', limit: 50 })
  const points = places.status === 'ready' ? places.data.points : NO_POINTS
  const records = alerts.status === 'ready' ? alerts.data.alerts : null
  return useMemo(() => {
    const told = { regions: [region], shapes: [], drill: false }
    const scene = sceneOf({ told, points, me: null, label: '' })
    const areas = (records ?? []).flatMap((record) => {
      const other = toldOf(record)
      return sceneOf({ told: other, points: [], me: null, label: '' }).areas.map((area) => ({
        ...area,
        kind: 'other' as const,
      }))
    })
    return { ...scene, areas }
  }, [region, points, records])
}

/** What is drawn and where the cross stands, in words: whoever does not see the map draws by them. */
function useWords(scene: Scene, cross: Point | null, corner: Point | null, shown: Bbox | null): string {
  const text = useText(messages).draw
  const { directions } = useText(map)
  const { format, language } = useLanguage()
  const short = (value: number): string => format.number(Number(value.toFixed(1)))
  const lines: string[] = []
  if (corner) lines.push(text.first)
  if (shown) {
    const { width, height } = sizeKm(shown)
    lines.push(text.made(short(width), short(height)))
    const inside = scene.places.filter(({ position }) => isWithin(position, shown)).map(({ name }) => name)
    const named = inside.slice(0, MOST_NAMED).join(', ')
    lines.push(inside.length === 0 ? text.nobody : text.holds(named, Math.max(0, inside.length - MOST_NAMED)))
  }
  if (cross) {
    lines.push(text.at(degreesIn(language, cross.lat), degreesIn(language, cross.lon)))
    const [nearest] = awayFrom(cross, scene.places)
    const place = nearest && scene.places.find(({ name }) => name === nearest.name)
    if (nearest && place) {
      const { km, direction } = bearing(place.position, cross)
      lines.push(text.near(nearest.name, short(km), directions[direction]))
    }
  }
  return lines.join(' ')
}

/** A rectangle by two corners: dragged, tapped, or set with the keys. The typed degrees beside it stay the whole truth. */
function Surface({ region, box, drill, onBox }: DrawAreaProps) {
  const text = useText(messages).draw
  const words = useText(map)
  const scene = useScene(region)
  const how = useId()
  const { element, chart, isMissing, credits } = useChart('draw', how)
  const [cursor, setCursor] = useState<Point | null>(null)
  const [corner, setCorner] = useState<Point | null>(null)
  const pressed = useRef<readonly [x: number, y: number] | null>(null)
  const start = box ?? viewOf(scene)
  const first = JSON.stringify(start)
  const isDrawn = useRef(false)

  useEffect(() => chart?.show(scene), [chart, scene])
  useEffect(() => {
    const bounds: Bbox | null = JSON.parse(first)
    // what somebody just drew stays where it is under their eyes
    if (chart && bounds && !isDrawn.current) chart.fit(roomy(bounds))
    isDrawn.current = false
  }, [chart, first])

  const at = cursor ?? (start && middleOf(start))
  const shown = corner && at ? boxBetween(corner, at) : corner ? null : box
  const line = useWords(scene, at, corner, shown)
  useEffect(() => {
    if (chart && at) chart.draw({ cross: at, corner, box: shown, drill })
  }, [chart, at, corner, shown, drill])

  /** The second corner ends it; one on the first is no second. */
  const finish = (from: Point, to: Point) => {
    const made = boxBetween(from, to)
    if (!made) return
    setCorner(null)
    isDrawn.current = true
    onBox(made)
  }
  const pointOf = ({ clientX, clientY }: PointerEvent): Point | null => chart?.pointAt(clientX, clientY) ?? null
  const press = (event: PointerEvent<HTMLElement>) => {
    const point = pointOf(event)
    if (!point) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setCursor(point)
    pressed.current = corner ? null : [event.clientX, event.clientY]
    if (corner) finish(corner, point)
    else setCorner(point)
  }
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (pressed.current) setCursor(pointOf(event))
  }
  const release = (event: PointerEvent<HTMLElement>) => {
    const start = pressed.current
    const point = pointOf(event)
    pressed.current = null
    if (!start || !corner || !point) return
    if (Math.hypot(event.clientX - start[0], event.clientY - start[1]) > TAP) finish(corner, point)
    else setCursor(corner)
  }
  const zoom = (levels: 1 | -1) => {
    if (chart && at) chart.zoom(levels, at)
  }
  const type = (event: KeyboardEvent) => {
    if (!chart || !at) return
    const next = moved(at, event.key, chart.view(), event.shiftKey)
    if (next) {
      setCursor(next)
      chart.reveal(next)
    } else if (event.key === 'Enter' || event.key === ' ') {
      setCursor(at)
      if (corner) finish(corner, at)
      else setCorner(at)
    } else if (event.key === '+' || event.key === '-') zoom(event.key === '+' ? 1 : -1)
    else if (event.key === 'Escape' && corner) setCorner(null)
    else return
    event.preventDefault()
  }
  return (
    <Stack gap="sm" mt="sm">
      <Text size="sm" c="dimmed" id={how}>
        {text.how}
      </Text>
      {isMissing ? <Text>{text.missing}</Text> : null}
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
        <div ref={element} className={classes.host} />
      </div>
      <Text role="status" size="sm">
        {chart ? line : words.loading}
      </Text>
      <Group gap="sm">
        <Button
          variant="default"
          className={desk.wide}
          leftSection={<IconZoomIn size={24} aria-hidden />}
          onClick={() => zoom(1)}
        >
          {words.closer}
        </Button>
        <Button
          variant="default"
          className={desk.wide}
          leftSection={<IconZoomOut size={24} aria-hidden />}
          onClick={() => zoom(-1)}
        >
          {words.further}
        </Button>
        {box ? (
          <Button
            variant="default"
            className={desk.wide}
            leftSection={<IconTrash size={24} aria-hidden />}
            onClick={() => {
              setCorner(null)
              isDrawn.current = true
              onBox(null)
            }}
          >
            {text.clear}
          </Button>
        ) : null}
      </Group>
      <Credits layers={credits} />
    </Stack>
  )
}

/** Drawing is for who wants it: until then nothing of a map is loaded. */
export function DrawArea(props: DrawAreaProps) {
  const text = useText(messages).draw
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className={desk.summary}>{text.open}</summary>
      {isOpen ? <Surface {...props} /> : null}
    </details>
  )
}
