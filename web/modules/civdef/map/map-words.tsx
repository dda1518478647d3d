import { Text } from '@mantine/core'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { bearing, boundsOf, middleOf, sizeKm } from '../alert/area.ts'
import type { Told } from '../told.ts'
import classes from './map.module.css'
import { messages } from './messages.ts'
import { awayFrom, type Scene } from './scene.ts'

/** Municipalities that are named one by one; further ones are counted. */
const MOST_NAMED = 8
/** Nearer than this is the place itself, km. */
const SAME_KM = 0.2

interface MapWordsProps {
  readonly scene: Scene
  readonly told: Pick<Told, 'shapes' | 'regions'>
  /** What the person chose as their place; null for nothing. */
  readonly placeName: string | null
  /** Whether distances are from an exact position. */
  readonly isExact: boolean
  readonly isInside: boolean
}

/** Everything that the map shows, for whoever does not see it: the area, the municipalities, how far and in which direction. */
export function MapWords({ scene, told, placeName, isExact, isInside }: MapWordsProps) {
  const text = useText(messages)
  const format = useFormat()
  const { words, directions } = text
  const km = (value: number): string => format.number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
  const isSame = (far: number): boolean => far < SAME_KM && !isExact
  const targets = scene.places.filter(({ kind }) => kind === 'target')
  const { mine } = scene
  const from = isExact || placeName === null ? words.fromHere : placeName
  const bounds = boundsOf(told.shapes)
  const size = bounds && sizeKm(bounds)
  const away = bounds && mine ? bearing(mine.position, middleOf(bounds)) : null
  const near = mine
    ? awayFrom(mine.position, targets)
    : [...targets].sort((a, b) => b.inhabitants - a.inhabitants).map(({ name }) => ({ name, km: null, direction: null }))
  return (
    <section className={classes.words} aria-label={words.title}>
      <Text fw={600}>{words.title}</Text>
      {size ? (
        <Text>
          {words.size(km(size.width), km(size.height))}{' '}
          {isInside ? words.inside : away ? words.away(from, km(away.km), directions[away.direction]) : null}{' '}
          {isExact ? null : words.unsure}
        </Text>
      ) : null}
      {targets.length > 0 ? (
        <>
          <Text>{words.targets(targets.length)}</Text>
          <ul>
            {near.slice(0, MOST_NAMED).map((one) => (
              <li key={`${one.name} ${one.km}`}>
                {one.km === null
                  ? one.name
                  : isSame(one.km)
                    ? words.own(one.name)
                    : words.one(one.name, km(one.km), directions[one.direction])}
              </li>
            ))}
            {near.length > MOST_NAMED ? <li>{words.more(near.length - MOST_NAMED)}</li> : null}
          </ul>
          {near.some(({ km: far }) => far !== null && !isSame(far)) ? <Text size="sm">{words.from(from)}</Text> : null}
        </>
      ) : size ? null : (
        <Text>{words.noTarget}</Text>
      )}
      {mine ? null : <Text>{placeName === null ? words.noPlace : words.unplaced(placeName)}</Text>}
    </section>
  )
}
