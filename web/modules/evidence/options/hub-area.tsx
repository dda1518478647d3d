import { Button, Group, NativeSelect, Stack, TextInput, Title } from '@mantine/core'
import { IconMapPin } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { ebkhPull } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { useFirstProblem } from '../use-first-problem.ts'
import { boxAround, degrees } from './area.ts'
import { messages } from './messages.ts'
import { PullReport } from './pull-report.tsx'

const RADII = [1, 5, 20]
const EMPTY = { latitude: '', longitude: '', km: '5', predicate: '' }

/** Asks the hub about a place, without a map: nothing but the question itself leaves this device. */
export function HubArea() {
  const { area: text } = useText(messages).hub
  const format = useFormat()
  const pull = useCall(ebkhPull)
  const [typed, setTyped] = useState(EMPTY)
  const [wrong, setWrong] = useState({ latitude: false, longitude: false, predicate: false })
  const [report, setReport] = useState<Output<typeof ebkhPull> | null>(null)
  const [form, showProblem] = useFirstProblem()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const [latitude, longitude] = [degrees(typed.latitude, 90), degrees(typed.longitude, 180)]
    const predicate = typed.predicate.trim()
    setWrong({ latitude: latitude === null, longitude: longitude === null, predicate: predicate === '' })
    if (latitude === null || longitude === null || predicate === '') return showProblem()
    setReport((await pull.run({ of: { bbox: boxAround(latitude, longitude, Number(typed.km)), predicate } })) ?? null)
  }
  const field = (name: 'latitude' | 'longitude' | 'predicate') => ({
    label: text[name],
    value: typed[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
    error: wrong[name] ? text.wrong[name] : null,
    required: true,
  })
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <Title order={3} size="h4">
          {text.title}
        </Title>
        <Group gap="md" align="flex-start" grow>
          <TextInput {...field('latitude')} inputMode="decimal" maxLength={16} />
          <TextInput {...field('longitude')} inputMode="decimal" maxLength={16} />
        </Group>
        <NativeSelect
          label={text.radius}
          value={typed.km}
          onChange={(event) => setTyped({ ...typed, km: event.currentTarget.value })}
          data={RADII.map((km) => ({ value: String(km), label: text.km(format.number(km)) }))}
        />
        <TextInput {...field('predicate')} description={text.predicateHint} maxLength={512} />
        <Button
          type="submit"
          variant="default"
          loading={pull.busy}
          leftSection={<IconMapPin size={20} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
        >
          {text.ask}
        </Button>
        <PullReport report={report} />
        {pull.error ? <ErrorNotice error={pull.error} /> : null}
      </Stack>
    </form>
  )
}
