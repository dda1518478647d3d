import { Button, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconQuote } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { claimQuery } from '#protocol/evidence/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { FocusHeld } from '../../kit/focus-held.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { useQuery } from '../../port/hooks.ts'
import { EVERYTHING, isFiltered, newerPage, olderPage, pageRange, queryInput } from './claim-filter.ts'
import { ClaimList } from './claim-list.tsx'
import { ClaimsFilters, type FilterProps } from './claims-filters.tsx'
import { EvidenceOff } from './evidence-off.tsx'
import { messages } from './messages.ts'
import { SampleButton } from './options/sample-button.tsx'
import { SideDoors } from './side-doors.tsx'
import { SubjectSuggestions } from './subject-suggestions.tsx'
import { isOff } from './switched-on.tsx'

/** Pause in typing after which the list follows, ms. */
const TYPING_MS = 150

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
    <Stack gap="sm" align="center">
      <Button component={Link} href="/claims/new">
        {text.add}
      </Button>
      <SampleButton />
    </Stack>
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
  const off = isOff(query)
  const add = (
    <Button component={Link} href="/claims/new" leftSection={<IconPlus size={20} aria-hidden />}>
      {text.list.add}
    </Button>
  )
  return (
    <Page title={text.title} intro={off ? null : text.intro} actions={off ? null : add}>
      <FocusHeld shows={off ? 'off' : 'on'}>
        {isOff(query) ? (
          <EvidenceOff onTurnedOn={query.retry} />
        ) : (
          <Stack gap="md">
            <SideDoors />
            <ClaimsFilters filter={filter} onChange={setFilter} />
            <SubjectSuggestions prefix={input.subject_prefix ?? ''} />
            <QueryView
              query={query}
              rows={8}
              isEmpty={({ claims }) => claims.length === 0}
              empty={<Nothing filter={filter} onChange={setFilter} />}
            >
              {(page) => (
                <Stack gap="md">
                  <ClaimList claims={page.claims} label={text.list.list} />
                  <Pager filter={filter} onChange={setFilter} page={page} />
                </Stack>
              )}
            </QueryView>
          </Stack>
        )}
      </FocusHeld>
    </Page>
  )
}
