import { Stack, Text } from '@mantine/core'
import type { Decision } from '#protocol/civdef/decision.ts'
import { placeGet } from '#protocol/civdef/place-capabilities.ts'
import { within } from '#protocol/civdef/terms.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { usePlaceWords } from '../alert-card.tsx'
import { commonRegion, lieOf } from '../regions.ts'
import type { Told } from '../told.ts'
import { useRegionNames } from '../use-region-names.ts'
import { bearingOf, boundsOf, sizeKm } from './area.ts'
import { AreaMap } from './area-map.tsx'
import { AreaSketch } from './area-sketch.tsx'
import { messages } from './messages.ts'

interface WhereProps {
  readonly told: Told
  readonly decision: Decision | undefined
}

function Drawn({ told, decision }: WhereProps) {
  const text = useText(messages)
  const format = useFormat()
  const query = useQuery(placeGet, {})
  const position = query.status === 'ready' ? query.data.position : null
  const bounds = boundsOf(told.shapes)
  if (!bounds) return null
  const { width, height } = sizeKm(bounds)
  const km = (value: number): string => format.number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
  const isInside = decision?.reasons.some(({ rule, code }) => rule === 'shape' && code === 'inside') === true
  const away = position ? bearingOf(bounds, position) : null
  return (
    <Stack gap="sm">
      <AreaMap shapes={told.shapes} position={position} drill={told.drill} />
      <Text>
        {text.size(km(width), km(height))}{' '}
        {isInside ? text.inside : away ? text.away(km(away.km), text.directions[away.direction]) : text.noPosition}
      </Text>
    </Stack>
  )
}

/** Where an alert holds and how the own place lies to it: in words first, then as a picture without a map server. */
export function WhereSection({ told, decision }: WhereProps) {
  const text = useText(messages)
  const query = useQuery(placeGet, {})
  const place = query.status === 'ready' ? query.data.place : null
  const places = usePlaceWords(told.regions)
  // of several the one that concerns this person, else the first
  const target = told.regions.find((region) => place && within(place.region, region)) ?? told.regions[0]
  const common = target && place ? commonRegion(target, place.region) : null
  const nameOf = useRegionNames([target, place?.region, common].filter((region) => typeof region === 'string'))
  const lie = target === undefined ? null : lieOf(target, place?.region ?? null)
  return (
    <Section title={text.where}>
      <Stack gap="md">
        <Text>{lie === null ? text.noRegion : text.lies[lie](places, place?.name ?? '')}</Text>
        {told.area === '' ? null : (
          <Text>
            <BidiText>{text.officialArea(told.area)}</BidiText>
          </Text>
        )}
        {target !== undefined && place ? (
          <AreaSketch target={target} place={place.region} nameOf={nameOf} drill={told.drill} />
        ) : null}
        <Drawn told={told} decision={decision} />
      </Stack>
    </Section>
  )
}
