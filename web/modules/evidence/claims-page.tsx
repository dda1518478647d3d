import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconQuote, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { claimQuery } from '#protocol/evidence/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import {
  type ClaimFilter,
  EVERYTHING,
  isFiltered,
  narrowed,
  newerPage,
  olderPage,
  pageRange,
  predicateChoices,
  queryInput,
} from './claim-filter.ts'
import { ClaimList } from './claim-list.tsx'
import { messages } from './messages.ts'
import { ModuleOff } from './module-off.tsx'
import { usePredicates } from './use-predicates.ts'

/** Pause in typing after which the list follows, ms. */
const TYPING_MS = 150

interface FilterProps {
  readonly filter: ClaimFilter
  readonly onChange: (filter: ClaimFilter) => void
}

function Filters({ filter, onChange }: FilterProps) {
  const text = useText(messages).list
  const choices = predicateChoices(usePredicates(), filter.predicate === null ? [] : [filter.predicate])
  return (
    <Group gap="md" align="flex-start" component="search">
      <TextInput
        type="search"
        label={text.search}
        value={filter.search}
        onChange={(event) => onChange(narrowed(filter, { search: event.currentTarget.value }))}
        leftSection={<IconSearch size={20} aria-hidden />}
        maxLength={512}
        style={{ flex: '2 1 16rem' }}
      />
      <NativeSelect
        label={text.predicate}
        value={filter.predicate ?? ''}
        onChange={(event) => onChange(narrowed(filter, { predicate: event.currentTarget.value || null }))}
        data={[{ value: '', label: text.anyPredicate }, ...choices.map((value) => ({ value, label: visibleText(value) }))]}
        style={{ flex: '1 1 10rem' }}
      />
    </Group>
  )
}

function Pager({ filter, onChange, page }: FilterProps & { readonly page: Output<typeof claimQuery> }) {
  const text = useText(messages).list
  const format = useFormat()
  const { from, to } = pageRange(filter, page.claims.length)
  const { next } = page
  return (
    <Group justify="space-between" gap="sm" component="nav" aria-label={text.pages}>
      <Text size="sm" c="dimmed" role="status">
        {text.results(format.number(from), format.number(to), format.number(page.total))}
      </Text>
      {filter.cursors.length === 0 && next === null ? null : (
        <Group gap="sm">
          <Button variant="default" disabled={filter.cursors.length === 0} onClick={() => onChange(newerPage(filter))}>
            {text.newer}
          </Button>
          <Button variant="default" disabled={next === null} onClick={() => next && onChange(olderPage(filter, next))}>
            {text.older}
          </Button>
        </Group>
      )}
    </Group>
  )
}

function Nothing({ filter, onChange }: FilterProps) {
  const text = useText(messages).list
  const action = isFiltered(filter) ? (
    <Button variant="default" onClick={() => onChange(EVERYTHING)}>
      {text.clear}
    </Button>
  ) : (
    <Button component={Link} href="/claims/new">
      {text.add}
    </Button>
  )
  return (
    <Empty icon={IconQuote} action={action}>
      {isFiltered(filter) ? text.nothing : text.empty}
    </Empty>
  )
}

/** Claims of the community, newest first, found by what they are about. */
export function ClaimsPage() {
  const text = useText(messages)
  const [filter, setFilter] = useState(EVERYTHING)
  const [input] = useDebouncedValue(queryInput(filter), TYPING_MS)
  const query = useQuery(claimQuery, input)
  const isOff = query.status === 'failed' && query.error.code === 'experimental_disabled'
  const add = (
    <Button component={Link} href="/claims/new" leftSection={<IconPlus size={20} aria-hidden />}>
      {text.list.add}
    </Button>
  )
  return (
    <Page title={text.title} intro={isOff ? null : text.intro} actions={isOff ? null : add}>
      {isOff ? (
        <ModuleOff onTurnedOn={query.retry} />
      ) : (
        <Stack gap="md">
          <Filters filter={filter} onChange={setFilter} />
          <QueryView
            query={query}
            rows={8}
            isEmpty={({ claims }) => claims.length === 0}
            empty={<Nothing filter={filter} onChange={setFilter} />}
          >
            {(page) => (
              <Stack gap="md">
                <ClaimList claims={page.claims} />
                <Pager filter={filter} onChange={setFilter} page={page} />
              </Stack>
            )}
          </QueryView>
        </Stack>
      )}
    </Page>
  )
}
