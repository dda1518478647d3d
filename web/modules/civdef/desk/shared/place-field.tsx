import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type Place, placeSearch } from '#protocol/civdef/place-capabilities.ts'
import { useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { messages as words } from '../wallet/messages.ts'
import { Choice } from './choice.tsx'
import { messages } from './messages.ts'
import { usePlace } from './region-name.tsx'

/** The region that lies above; null above a Land. */
const above = (region: string): string => region.split('.').slice(0, -1).join('.')
const isPlaced = (place: Place | null): place is Place => place !== null

export interface PlaceFieldProps {
  readonly label: string
  readonly note: string
  readonly levelLabel: string
  readonly value: Place | null
  readonly onChange: (place: Place) => void
}

/** A municipality by its name, and from there its Kreis and its Land: nobody types a key (CIV-5). */
export function PlaceField({ label, note, levelLabel, value, onChange }: PlaceFieldProps) {
  const text = useText(messages)
  const { levels, search, noPlace } = useText(words)
  const [typed, setTyped] = useState('')
  const [home, setHome] = useState<Place | null>(null)
  const wanted = typed.trim()
  const query = useQuery(placeSearch, { text: wanted, limit: 6 }, { enabled: wanted !== '' })
  const parent = usePlace(home ? above(home.region) : '')
  const grand = usePlace(parent ? above(parent.region) : '')
  const ladder = [home, parent, grand].filter(isPlaced)
  const found = query.status === 'ready' && wanted !== '' ? query.data.places : []
  return (
    <Stack gap="sm">
      <TextInput
        label={label}
        description={note}
        placeholder={search}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        classNames={{ input: classes.input }}
      />
      <ul className={classes.list} aria-label={search}>
        {found.map((place) => (
          <li key={place.region}>
            <Button
              variant="default"
              fullWidth
              className={classes.wide}
              onClick={() => {
                setHome(place)
                onChange(place)
                setTyped('')
              }}
            >
              {text.wholeOf(place.name, place.within)}
            </Button>
          </li>
        ))}
      </ul>
      <Text role="status">{query.status === 'ready' && wanted !== '' && found.length === 0 ? noPlace : null}</Text>
      {ladder.length === 0 ? null : (
        <Choice
          legend={levelLabel}
          value={value?.region ?? null}
          onChange={(region) => {
            const place = ladder.find((one) => one.region === region)
            if (place) onChange(place)
          }}
          options={ladder.map((place) => ({ value: place.region, name: place.name, note: levels[place.kind] }))}
          pairs
        />
      )}
    </Stack>
  )
}
