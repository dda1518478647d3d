import { Button, Radio, Select, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { communityInvite } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { type InviteLevel, USES_CHOICES, VALID_CHOICES, VALID_NAMES, type ValidChoice } from './terms.ts'

export interface InviteFormProps {
  readonly levels: readonly InviteLevel[]
  readonly onMade: (invite: Output<typeof communityInvite>) => void
}

/** Who is invited, for how long, and how many of them. */
export function InviteForm({ levels, onMade }: InviteFormProps) {
  const all = useText(messages)
  const text = all.make
  const format = useFormat()
  const [level, setLevel] = useState<InviteLevel>('member')
  const [valid, setValid] = useState<ValidChoice>('day')
  const [uses, setUses] = useState<number>(USES_CHOICES[0])
  const make = useCall(communityInvite)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const made = await make.run({ level, valid_seconds: VALID_CHOICES[valid], uses })
    if (made) onMade(made)
  }

  return (
    <Section title={text.title}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {levels.length === 1 ? null : (
            <Radio.Group
              label={text.level}
              value={level}
              onChange={(value) => setLevel(levels.find((one) => one === value) ?? 'member')}
            >
              <Stack gap="sm" mt="xs">
                {levels.map((one) => (
                  <Radio key={one} value={one} py="xs" label={all.levels[one]} description={text.levelHint[one]} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Select
            label={text.valid}
            data={VALID_NAMES.map((name) => ({ value: name, label: text.validChoices[name] }))}
            value={valid}
            onChange={(value) => setValid(VALID_NAMES.find((name) => name === value) ?? 'day')}
            allowDeselect={false}
          />
          <Select
            label={text.uses}
            data={USES_CHOICES.map((count) => ({ value: String(count), label: format.number(count) }))}
            value={String(uses)}
            onChange={(value) => setUses(USES_CHOICES.find((count) => String(count) === value) ?? USES_CHOICES[0])}
            allowDeselect={false}
          />
          {make.error ? <ErrorNotice error={make.error} /> : null}
          <Button type="submit" loading={make.busy} style={{ alignSelf: 'flex-start' }}>
            {text.submit}
          </Button>
        </Stack>
      </form>
    </Section>
  )
}
