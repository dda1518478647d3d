import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { type ModelState, modelImport } from '#protocol/distributed-inference/model-capabilities.ts'
import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { layersTyped } from '../computers/typed-layers.ts'
import lists from '../shared/lists.module.css'
import { useModelName } from '../shared/model-name.tsx'
import { useLayers } from '../shared/use-layers.ts'
import { useNames } from '../shared/use-names.ts'
import { messages } from './messages.ts'
import type { Neighbours } from './model-item.tsx'
import { ProblemWords } from './problem-words.tsx'

function Offered({ offered }: { readonly offered: Neighbours[number] }) {
  const text = useText(messages)
  const format = useFormat()
  const modelName = useModelName()
  const names = useNames()
  const layers = useLayers()
  const load = useCall(modelImport)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [bad, setBad] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  const name = modelName(offered.model)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const all = from.trim() === '' && to.trim() === ''
    const part: Layers | null = all ? null : layersTyped(from, to, offered.layers)
    setBad(!all && part === null)
    if (!all && part === null) {
      first.current?.focus()
      return
    }
    const { model, weights_sha256 } = offered
    void load.run({ model, from: 'peers', weights_sha256, ...(part === null ? {} : { layers: part }) })
  }
  return (
    <li className={lists.item}>
      <form onSubmit={submit} aria-label={text.more.fetchOf(name)}>
        <Stack gap="xs">
          <div className={lists.itemHead}>
            <Text fw={600}>{name}</Text>
            <Text size="sm">{`${format.bytes(offered.bytes)} · ${text.more.holders(offered.holders.length)}`}</Text>
          </div>
          <Text size="sm" c="dimmed">
            {offered.holders
              .map(({ node_id, held_layers }) =>
                text.list.holder(names.label(node_id), held_layers.map((run) => layers(run, offered.layers)).join(', ')),
              )
              .join(', ')}
          </Text>
          <details>
            <summary className={lists.summary}>{text.more.part}</summary>
            <div className={lists.fields}>
              <TextInput
                ref={first}
                label={text.more.from}
                inputMode="numeric"
                value={from}
                error={bad}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                label={text.more.to}
                inputMode="numeric"
                value={to}
                error={bad}
                onChange={(event) => setTo(event.currentTarget.value)}
              />
            </div>
          </details>
          {bad ? (
            <Text size="sm" c="bad" role="alert">
              {text.more.bad(format.number(offered.layers))}
            </Text>
          ) : null}
          <div>
            <Button type="submit" variant="default" loading={load.busy}>
              {text.more.fetch}
            </Button>
          </div>
          {load.error ? (
            <Text size="sm" c="bad" role="alert">
              <ProblemWords code={load.error.code} from="peers" />
            </Text>
          ) : null}
        </Stack>
      </form>
    </li>
  )
}

interface FromNeighboursProps {
  readonly neighbours: Neighbours
  readonly models: readonly ModelState[]
}

/** What neighbours have of models that are not here in whole (DLM-7). */
export function FromNeighbours({ neighbours, models }: FromNeighboursProps) {
  const text = useText(messages).more
  const here = (weights: string): boolean =>
    models.some(({ weights_sha256, state }) => weights_sha256 === weights && state !== 'offered' && state !== 'partial')
  const wanted = neighbours.filter(({ weights_sha256, holders }) => holders.length > 0 && !here(weights_sha256))
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {wanted.length === 0 ? text.noPeers : text.peersIntro}
      </Text>
      <ul className={lists.list}>
        {wanted.map((offered) => (
          <Offered key={offered.weights_sha256} offered={offered} />
        ))}
      </ul>
    </Stack>
  )
}
