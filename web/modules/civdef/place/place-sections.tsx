import { Button, Stack, Text } from '@mantine/core'
import { IconMapPinFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { placeGet } from '#protocol/civdef/place-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { useRegionNames } from '../use-region-names.ts'
import { messages } from './messages.ts'
import classes from './place.module.css'
import { PlaceSearch } from './place-search.tsx'
import type { SettingsProps } from './settings.ts'

/** As many as the configuration keeps. */
const MOST_PLACES = 16

export function MyPlaceSection({ onChange, busy }: Omit<SettingsProps, 'settings'>) {
  const text = useText(messages).place
  const query = useQuery(placeGet, {})
  const [isChanging, setChanging] = useState(false)
  const choose = (municipality: string) => {
    setChanging(false)
    onChange({ municipality })
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={query}>
        {({ place }) => (
          <Stack gap="md">
            {place ? (
              <div className={classes.row}>
                <Text fw={700} size="lg" className={classes.named}>
                  <IconMapPinFilled size={24} aria-hidden />
                  {text.choose(place.name, place.within)}
                </Text>
                <div className={classes.actions}>
                  <Button variant="default" onClick={() => setChanging(true)} disabled={busy}>
                    {text.change}
                  </Button>
                  <Button variant="default" onClick={() => choose('')} disabled={busy}>
                    {text.remove}
                  </Button>
                </div>
              </div>
            ) : (
              <Text>{text.none}</Text>
            )}
            {place === null || isChanging ? <PlaceSearch label={text.label} onChoose={({ region }) => choose(region)} /> : null}
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}

export function AlsoSection({ settings, onChange, busy }: SettingsProps) {
  const text = useText(messages).also
  const { also_regions } = settings
  const nameOf = useRegionNames(also_regions)
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        {also_regions.length === 0 ? null : (
          <ul className={classes.found}>
            {also_regions.map((region) => (
              <li key={region} className={classes.row}>
                <Text fw={600}>{nameOf(region)}</Text>
                <Button
                  variant="default"
                  disabled={busy}
                  onClick={() => onChange({ also_regions: also_regions.filter((one) => one !== region) })}
                >
                  {text.remove(nameOf(region))}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {also_regions.length >= MOST_PLACES ? (
          <Text>{text.most}</Text>
        ) : (
          <PlaceSearch
            label={text.add}
            onChoose={({ region }) => onChange({ also_regions: [...new Set([...also_regions, region])] })}
          />
        )}
      </Stack>
    </Section>
  )
}
