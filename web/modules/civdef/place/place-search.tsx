import { Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconMapPin } from '@tabler/icons-react'
import { useState } from 'react'
import { type Place, placeSearch } from '#protocol/civdef/place-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFocusHeld } from '../../../kit/focus.ts'
import { useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import classes from './place.module.css'

/** Pause in typing after which the list follows, ms. */
const TYPING_MS = 120
const SHOWN = 8

interface PlaceSearchProps {
  readonly label: string
  readonly onChoose: (place: Place) => void
}

/** Finds a municipality by the name people call it, never by its key (CIV-5). */
export function PlaceSearch({ label, onChoose }: PlaceSearchProps) {
  const text = useText(messages).place
  const [entry, setEntry] = useState('')
  const [wanted] = useDebouncedValue(entry.trim(), TYPING_MS)
  const query = useQuery(placeSearch, { text: wanted, limit: SHOWN }, { enabled: wanted !== '' })
  const places = query.status === 'ready' && wanted !== '' ? query.data.places : []
  const held = useFocusHeld<HTMLDivElement>(query.status)
  const choose = (place: Place) => {
    setEntry('')
    onChoose(place)
  }
  return (
    <div className={classes.search} {...held}>
      <TextInput
        type="search"
        label={label}
        description={text.hint}
        value={entry}
        onChange={(event) => setEntry(event.currentTarget.value)}
        maxLength={80}
        autoComplete="off"
        spellCheck={false}
      />
      <ul className={classes.found} aria-label={text.results}>
        {places.map((place) => (
          <li key={place.region}>
            <button type="button" className={classes.pick} onClick={() => choose(place)}>
              <IconMapPin size={22} aria-hidden />
              {text.choose(place.name, place.within)}
            </button>
          </li>
        ))}
      </ul>
      <Text role="status">{query.status === 'ready' && wanted !== '' && places.length === 0 ? text.nothing : null}</Text>
      {query.status === 'failed' ? <ErrorNotice error={query.error} onRetry={query.retry} /> : null}
      {query.status === 'ready' && places.length > 0 ? (
        <Text size="sm" c="dimmed">
          {text.source(query.data.source)}
        </Text>
      ) : null}
    </div>
  )
}
