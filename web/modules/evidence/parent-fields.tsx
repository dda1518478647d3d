import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimGet, claimQuery } from '#protocol/evidence/capabilities.ts'
import type { Claim } from '#protocol/evidence/events.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { SOURCES_MAX } from './claim-form.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { term } from './terms.ts'

/** Pause in typing after which the choice follows, ms. */
const TYPING_MS = 150
const OFFERED = 6

const sentence = ({ subject, predicate, object }: Claim): string => `${subject} ${predicate}: ${object}`

interface PickedProps {
  readonly id: ClaimId
  readonly onRemove: () => void
}

function Picked({ id, onRemove }: PickedProps) {
  const text = useText(messages)
  const query = useQuery(claimGet, { claim_id: id })
  const said = query.status === 'ready' ? sentence(query.data.claim) : text.claim.derivedLink(id.slice(0, 8))
  return (
    <li className={classes.pick}>
      <BidiText>{said}</BidiText>
      <Button
        variant="subtle"
        leftSection={<IconTrash size={20} aria-hidden />}
        aria-label={`${text.form.removeParent}: ${visibleText(said)}`}
        onClick={onRemove}
      >
        {text.form.removeParent}
      </Button>
    </li>
  )
}

interface ParentFieldsProps {
  readonly parents: readonly ClaimId[]
  readonly problem: string | null
  readonly onChange: (parents: readonly ClaimId[]) => void
}

/** Claims this one is derived from, found by how their subject begins. */
export function ParentFields({ parents, problem, onChange }: ParentFieldsProps) {
  const text = useText(messages).form
  const [search, setSearch] = useState('')
  const [prefix] = useDebouncedValue(term(search).slice(0, 512), TYPING_MS)
  const query = useQuery(claimQuery, { subject_prefix: prefix, limit: OFFERED, order: 'strongest' }, { enabled: prefix !== '' })
  const found = query.status === 'ready' && prefix !== '' ? query.data.claims : []
  const offered = found.filter(({ claim_id, retracted }) => !retracted && !parents.includes(claim_id))
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        label={text.parents}
        description={text.parentsHint}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        disabled={parents.length >= SOURCES_MAX}
        error={problem}
      />
      <Text size="sm" role="status">
        {prefix !== '' && query.status === 'ready' && offered.length === 0 ? text.noParents : null}
      </Text>
      <Group gap="xs" role="group" aria-label={text.parentsFound}>
        {offered.map(({ claim_id, claim }) => (
          <Button
            key={claim_id}
            variant="default"
            leftSection={<IconPlus size={20} aria-hidden />}
            onClick={() => {
              onChange([...parents, claim_id])
              setSearch('')
            }}
          >
            <BidiText>{sentence(claim)}</BidiText>
          </Button>
        ))}
      </Group>
      <ul className={classes.plainList} aria-label={text.parentsPicked}>
        {parents.map((id) => (
          <Picked key={id} id={id} onRemove={() => onChange(parents.filter((other) => other !== id))} />
        ))}
      </ul>
    </Stack>
  )
}
