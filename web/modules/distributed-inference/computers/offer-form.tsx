import { Button, Input, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { shardOffer } from '#protocol/distributed-inference/shard-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { MODELS } from '../paths.ts'
import lists from '../shared/lists.module.css'
import { useModelName } from '../shared/model-name.tsx'
import classes from './computers.module.css'
import { messages } from './messages.ts'
import { layersTyped } from './typed-layers.ts'

interface OfferFormProps {
  /** Those whose layers lie here. */
  readonly models: readonly ModelState[]
}

/** Offers layers to others: those needed most, or the ones the person names. */
export function OfferForm({ models }: OfferFormProps) {
  const text = useText(messages).sharing
  const format = useFormat()
  const modelName = useModelName()
  const offer = useCall(shardOffer)
  const [chosen, setChosen] = useState<string | null>(null)
  const [how, setHow] = useState<'auto' | 'range'>('auto')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [bad, setBad] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  const model = models.find((each) => each.model === chosen) ?? models[0]
  if (!model) {
    return (
      <Stack gap="xs" align="flex-start">
        <Text c="dimmed">{text.noModels}</Text>
        <Button component={Link} href={MODELS} variant="default">
          {text.toModels}
        </Button>
      </Stack>
    )
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const layers: Layers | null = how === 'auto' ? null : layersTyped(from, to, model.layers)
    setBad(how === 'range' && layers === null)
    if (how === 'range' && layers === null) {
      first.current?.focus()
      return
    }
    void offer.run({ model: model.model, ...(layers === null ? {} : { layers }) })
  }
  return (
    <form onSubmit={submit} aria-label={text.add}>
      <Stack gap="sm">
        <NativeSelect
          label={text.model}
          value={model.model}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={models.map((each) => ({ value: each.model, label: modelName(each.model) }))}
        />
        <Input.Wrapper label={text.which} labelElement="div">
          <SegmentedControl
            aria-label={text.which}
            value={how}
            onChange={(value) => setHow(value === 'range' ? 'range' : 'auto')}
            data={[
              { value: 'auto', label: text.auto },
              { value: 'range', label: text.range },
            ]}
            orientation="vertical"
            fullWidth
            classNames={{ label: classes.choice }}
          />
        </Input.Wrapper>
        {how === 'range' ? (
          <div className={lists.fields}>
            <TextInput
              ref={first}
              label={text.from}
              inputMode="numeric"
              value={from}
              error={bad}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
            <TextInput
              label={text.to}
              inputMode="numeric"
              value={to}
              error={bad}
              onChange={(event) => setTo(event.currentTarget.value)}
            />
          </div>
        ) : null}
        {bad ? (
          <Text size="sm" c="bad" role="alert">
            {text.bad(format.number(model.layers))}
          </Text>
        ) : null}
        <div>
          <Button type="submit" variant="default" loading={offer.busy}>
            {text.offer}
          </Button>
        </div>
        <Text size="sm" c="dimmed" role="status">
          {offer.busy ? text.loading : null}
        </Text>
        {offer.error?.code === 'capacity_exceeded' ? (
          <Text c="bad" role="alert">
            {text.tooBig}
          </Text>
        ) : offer.error ? (
          <ErrorNotice error={offer.error} />
        ) : null}
      </Stack>
    </form>
  )
}
