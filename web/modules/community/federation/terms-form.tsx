import { Button, Checkbox, Group, NativeSelect, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import { useText } from '../../../kit/i18n.tsx'
import classes from './federation.module.css'
import { OFFERED, OFFERED_KEYS, type Offered } from './grants.ts'
import { messages } from './messages.ts'

const DAYS = ['30', '180', '365'] as const
type Days = (typeof DAYS)[number]
const DAY_SECONDS = 86_400

const CHECKBOX = { inner: classes.box ?? '', label: classes.word ?? '' }

export interface TermsFormProps {
  /** An offer says how long it is good for; an answer takes that as it is. */
  readonly kind: 'offer' | 'answer'
  readonly busy: boolean
  readonly onTerms: (grants: FederationGrant[], validSeconds: number) => void
  readonly onCancel: () => void
}

/** What this community allows the other, in plain words. */
export function TermsForm({ kind, busy, onTerms, onCancel }: TermsFormProps) {
  const all = useText(messages)
  const text = all.terms
  const [chosen, setChosen] = useState<readonly string[]>(OFFERED_KEYS)
  const [days, setDays] = useState<Days>('180')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const granted = OFFERED_KEYS.filter((key: Offered) => chosen.includes(key))
    onTerms(
      granted.map((key) => OFFERED[key]),
      Number(days) * DAY_SECONDS,
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Checkbox.Group label={text.legend} value={[...chosen]} onChange={setChosen}>
          <Stack gap={0}>
            {OFFERED_KEYS.map((key) => (
              <Checkbox key={key} value={key} label={all.grants[key]} classNames={CHECKBOX} />
            ))}
          </Stack>
        </Checkbox.Group>
        {kind === 'offer' ? (
          <NativeSelect
            label={text.validity}
            value={days}
            data={DAYS.map((value) => ({ value, label: text.days[value] }))}
            onChange={(event) => setDays(DAYS.find((one) => one === event.currentTarget.value) ?? '180')}
          />
        ) : null}
        <Group gap="sm">
          <Button type="submit" loading={busy}>
            {kind === 'offer' ? text.make : text.accept}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {all.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
