import { Text } from '@mantine/core'
import { useEffect, useId } from 'react'
import { useText } from '../../../kit/i18n.tsx'
import classes from './map.module.css'
import { MARKS } from './marks.ts'
import { messages } from './messages.ts'
import { type Scene, viewOf } from './scene.ts'
import { useChart } from './use-chart.ts'

const SIGNS = ['area', 'target', 'mine', 'other'] as const
type Sign = (typeof SIGNS)[number]

/** What the signs on a map mean: shapes, so that no colour has to be told apart. Who cannot see them has the words below. */
function Legend({ scene, hasTiles }: { readonly scene: Scene; readonly hasTiles: boolean }) {
  const text = useText(messages).legend
  const has = (wanted: 'target' | 'other'): boolean => scene.places.some(({ kind }) => kind === wanted)
  const isShown: Readonly<Record<Sign, boolean>> = {
    area: scene.areas.length > 0,
    target: has('target'),
    mine: scene.mine !== null,
    // a picture of a map has names of its own
    other: has('other') && !hasTiles,
  }
  const isDrill = scene.areas.some(({ drill }) => drill)
  return (
    <ul className={classes.legend} aria-hidden="true">
      {SIGNS.filter((sign) => isShown[sign]).map((sign) => (
        <li key={sign}>
          <svg viewBox={MARKS[sign].viewBox} data-sign={sign} data-drill={isDrill || undefined} aria-hidden="true">
            <path d={MARKS[sign].path} />
          </svg>
          {text[sign]}
        </li>
      ))}
    </ul>
  )
}

/** Whom the map is owed to. @param layers who made what lies below it */
export function Credits({ layers }: { readonly layers: readonly string[] }) {
  const text = useText(messages)
  return (
    <Text size="sm" c="dimmed">
      {layers.length > 0 ? `${text.credits(layers.join(' · '))} · ` : ''}
      {text.points}
    </Text>
  )
}

/** A map to look at. Everything it shows is said in words by whoever puts it on a page. */
export function MapView({ scene, drill }: { readonly scene: Scene; readonly drill: boolean }) {
  const text = useText(messages)
  const how = useId()
  const { element, chart, isMissing, credits, hasTiles } = useChart('look', how)
  useEffect(() => chart?.show(scene), [chart, scene])
  useEffect(() => {
    const view = viewOf(scene)
    if (view) chart?.fit(view)
  }, [chart, scene])
  if (isMissing) return <Text>{text.missing}</Text>
  return (
    <figure className={classes.figure}>
      <div className={classes.frame}>
        <div ref={element} className={classes.host} />
        {chart ? null : (
          <Text className={classes.waiting} role="status">
            {text.loading}
          </Text>
        )}
        {drill ? (
          <span className={classes.drill} aria-hidden="true">
            {text.drill}
          </span>
        ) : null}
        <span className={classes.north} aria-hidden="true">
          ↑ {text.north}
        </span>
      </div>
      <Legend scene={scene} hasTiles={hasTiles} />
      <figcaption>
        <Text size="sm" c="dimmed" id={how}>
          {text.how}
        </Text>
        <Credits layers={credits} />
      </figcaption>
    </figure>
  )
}
