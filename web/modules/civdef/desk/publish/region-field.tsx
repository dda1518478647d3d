import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { placeSearch } from '#protocol/civdef/place-capabilities.ts'
import { within } from '#protocol/civdef/terms.ts'
import { useText } from '../../../../kit/i18n.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { Choice } from '../shared/choice.tsx'
import { messages as shared } from '../shared/messages.ts'
import { usePlace, useRegionName } from '../shared/region-name.tsx'
import { messages } from './messages.ts'

export interface RegionFieldProps {
  /** What the certificate reaches. */
  readonly scope: string
  readonly value: string
  readonly onChange: (region: string) => void
}

/** A place by its name, inside what the certificate reaches (CIV-5). */
export function RegionField({ scope, value, onChange }: RegionFieldProps) {
  const text = useText(messages)
  const words = useText(shared)
  const scopeName = useRegionName(scope)
  const scopePlace = usePlace(scope)
  const chosenName = useRegionName(value)
  const [isPart, setPart] = useState(value !== scope)
  const [typed, setTyped] = useState('')
  const wanted = typed.trim()
  const query = useQuery(placeSearch, { text: wanted, limit: 50 }, { enabled: isPart && wanted !== '' })
  const found =
    query.status === 'ready' ? query.data.places.filter(({ region }) => within(region, scope) && region !== scope) : null

  if (scopePlace?.kind === 'gemeinde') {
    return (
      <Stack gap={4}>
        <Text fw={600}>{text.where}</Text>
        <Text>{scopeName}</Text>
      </Stack>
    )
  }
  return (
    <Stack gap="sm">
      <Choice
        legend={text.where}
        value={isPart ? 'part' : 'whole'}
        onChange={(next) => {
          setPart(next === 'part')
          if (next === 'whole') onChange(scope)
        }}
        options={[
          { value: 'whole', name: text.whole, note: scopeName },
          { value: 'part', name: text.part },
        ]}
        pairs
      />
      {isPart ? (
        <>
          <TextInput
            label={text.search}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            classNames={{ input: classes.input }}
          />
          {found ? (
            <ul className={classes.list} aria-label={text.search}>
              {found.slice(0, 6).map((place) => (
                <li key={place.region}>
                  <Button
                    variant="default"
                    fullWidth
                    className={classes.wide}
                    onClick={() => {
                      onChange(place.region)
                      setTyped('')
                    }}
                  >
                    {words.wholeOf(place.name, place.within)}
                  </Button>
                </li>
              ))}
            </ul>
          ) : null}
          <Text role="status">{found?.length === 0 ? text.noPlace : value === scope ? null : text.chosen(chosenName)}</Text>
        </>
      ) : null}
    </Stack>
  )
}
