import { Stack, Text } from '@mantine/core'
import type { Decision } from '#protocol/civdef/decision.ts'
import { placeGet } from '#protocol/civdef/place-capabilities.ts'
import { within } from '#protocol/civdef/terms.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { usePlaceWords } from '../alert-card.tsx'
import { AlertMap } from '../map/alert-map.tsx'
import { lieOf } from '../regions.ts'
import type { Told } from '../told.ts'
import { messages } from './messages.ts'

interface WhereProps {
  readonly told: Told
  readonly decision: Decision | undefined
}

/** Where an alert holds and how the own place lies to it: in words first, then as a map without a map server. */
export function WhereSection({ told, decision }: WhereProps) {
  const text = useText(messages)
  const query = useQuery(placeGet, {})
  const place = query.status === 'ready' ? query.data.place : null
  const places = usePlaceWords(told.regions)
  // of several the one that concerns this person, else the first
  const target = told.regions.find((region) => place && within(place.region, region)) ?? told.regions[0]
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
        <AlertMap told={told} decision={decision} />
      </Stack>
    </Section>
  )
}
