import { Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { EVIDENCE_GROUNDS } from '#protocol/evidence/records.ts'
import { useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { type ClaimFilter, narrowed, predicateChoices } from './claim-filter.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { usePredicates } from './use-predicates.ts'

export interface FilterProps {
  readonly filter: ClaimFilter
  readonly onChange: (filter: ClaimFilter) => void
}

/** Two beside each other on a phone, three on anything wider. */
const NARROW = { flex: '1 1 8.5rem', minWidth: 0 }
const ORDERS = ['newest', 'strongest'] as const

/** What the list is narrowed to, and what stands first in it. */
export function ClaimsFilters({ filter, onChange }: FilterProps) {
  const all = useText(messages)
  const text = all.list
  const choices = predicateChoices(usePredicates(), filter.predicate === null ? [] : [filter.predicate])
  const pick = <T extends string>(words: readonly T[], word: string, otherwise: T): T =>
    words.find((known) => known === word) ?? otherwise
  return (
    <Stack gap="sm" component="search">
      <TextInput
        type="search"
        label={text.search}
        value={filter.search}
        onChange={(event) => onChange(narrowed(filter, { search: event.currentTarget.value }))}
        leftSection={<IconSearch size={20} aria-hidden />}
        maxLength={512}
      />
      {/* the claims themselves come first on a phone */}
      <details>
        <summary className={classes.narrow}>{text.narrow}</summary>
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label={text.predicate}
            value={filter.predicate ?? ''}
            onChange={(event) => onChange(narrowed(filter, { predicate: event.currentTarget.value || null }))}
            data={[{ value: '', label: text.anyPredicate }, ...choices.map((value) => ({ value, label: visibleText(value) }))]}
            style={NARROW}
          />
          <NativeSelect
            label={text.least}
            value={filter.least}
            onChange={(event) =>
              onChange(narrowed(filter, { least: pick(EVIDENCE_GROUNDS, event.currentTarget.value, 'unverified') }))
            }
            data={EVIDENCE_GROUNDS.map((value) => ({ value, label: text.leastWords[value] }))}
            style={NARROW}
          />
          <NativeSelect
            label={text.order}
            value={filter.order}
            onChange={(event) => onChange(narrowed(filter, { order: pick(ORDERS, event.currentTarget.value, 'newest') }))}
            data={ORDERS.map((value) => ({ value, label: text.orders[value] }))}
            style={NARROW}
          />
        </Group>
      </details>
    </Stack>
  )
}
