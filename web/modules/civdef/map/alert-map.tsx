import { Stack } from '@mantine/core'
import { useMemo } from 'react'
import type { Decision } from '#protocol/civdef/decision.ts'
import { placeGet, placeMap } from '#protocol/civdef/place-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import type { Told } from '../told.ts'
import { MapView } from './map-view.tsx'
import { MapWords } from './map-words.tsx'
import { messages } from './messages.ts'
import { type Me, sceneOf, viewOf } from './scene.ts'

interface AlertMapProps {
  readonly told: Told
  readonly decision: Decision | undefined
}

/** Where an alert holds and where this person is: as a map, and the same in words. Nothing where neither is known. */
export function AlertMap({ told, decision }: AlertMapProps) {
  const text = useText(messages)
  const map = useQuery(placeMap, {})
  const own = useQuery(placeGet, {})
  const points = map.status === 'ready' ? map.data.points : null
  const { place = null, position = null } = own.status === 'ready' ? own.data : {}
  const scene = useMemo(() => {
    if (!points) return null
    const at = position ?? place?.position
    const me: Me | null = at ? { position: at, label: position || !place ? text.here : text.mine(place.name) } : null
    return sceneOf({ told, points, me, label: text.targetArea })
  }, [told, points, place, position, text])
  if (!scene || own.status !== 'ready') return null
  const isInside = decision?.reasons.some(({ rule, code }) => rule === 'shape' && code === 'inside') === true
  return (
    <Stack gap="md">
      {viewOf(scene) ? <MapView scene={scene} drill={told.drill} /> : null}
      <MapWords scene={scene} told={told} placeName={place?.name ?? null} isExact={position !== null} isInside={isInside} />
    </Stack>
  )
}
