import { Button, Code, Group, Progress, Stack, Text } from '@mantine/core'
import type { Output } from '#protocol/core/capability.ts'
import {
  type ModelState,
  modelDelete,
  modelImport,
  type modelNeighbours,
  modelPause,
  modelResume,
} from '#protocol/distributed-inference/model-capabilities.ts'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { type Status, StatusDot } from '../../../kit/status-dot.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall } from '../../../port/hooks.ts'
import { heldCount } from '../shared/layers.ts'
import lists from '../shared/lists.module.css'
import { ModelHint, useModelName } from '../shared/model-name.tsx'
import { useLayers } from '../shared/use-layers.ts'
import { useNames } from '../shared/use-names.ts'
import { messages } from './messages.ts'
import { ProblemWords } from './problem-words.tsx'

export type Neighbours = Output<typeof modelNeighbours>['models']

const DOTS: Record<ModelState['state'], Status> = {
  offered: 'idle',
  loading: 'busy',
  checking: 'busy',
  paused: 'idle',
  waiting: 'idle',
  failed: 'bad',
  partial: 'good',
  ready: 'good',
}

/** Who else has it, and which layers. */
function Holders({ model, neighbours }: { readonly model: ModelState; readonly neighbours: Neighbours }) {
  const text = useText(messages).list
  const names = useNames()
  const layers = useLayers()
  const same = neighbours.find(({ weights_sha256 }) => weights_sha256 === model.weights_sha256)
  if (!same || same.holders.length === 0) return null
  const words = same.holders.map(({ node_id, held_layers }) =>
    text.holder(names.label(node_id), held_layers.map((run) => layers(run, same.layers)).join(', ')),
  )
  return (
    <Text size="sm" c="dimmed">
      {text.holders(words.join(', '))}
    </Text>
  )
}

function Actions({ model }: { readonly model: ModelState }) {
  const text = useText(messages).list
  const format = useFormat()
  const modelName = useModelName()
  const pause = useCall(modelPause)
  const resume = useCall(modelResume)
  const fetch = useCall(modelImport)
  const remove = useCall(modelDelete)
  const name = modelName(model.model)
  const { state, source } = model
  const byName = { model: model.model }
  const error = pause.error ?? resume.error ?? fetch.error
  return (
    <Stack gap="xs" align="flex-start">
      <Group gap="sm">
        {state === 'loading' || state === 'waiting' ? (
          <Button
            variant="default"
            loading={pause.busy}
            aria-label={text.actionOf(text.pause, name)}
            onClick={() => pause.run(byName)}
          >
            {text.pause}
          </Button>
        ) : null}
        {(state === 'paused' || state === 'failed') && source !== 'folder' ? (
          <Button
            variant="default"
            loading={resume.busy}
            aria-label={text.actionOf(text.resume, name)}
            onClick={() => resume.run(byName)}
          >
            {text.resume}
          </Button>
        ) : null}
        {state === 'offered' && (source === 'app' || source === 'box') ? (
          <Button
            variant="default"
            loading={fetch.busy}
            aria-label={text.actionOf(text.fetch, name)}
            onClick={() => fetch.run({ ...byName, from: source })}
          >
            {text.fetch}
          </Button>
        ) : null}
        {state === 'offered' ? null : (
          <ConfirmButton
            label={text.remove}
            title={text.removeTitle(name)}
            onConfirm={() => remove.run(byName)}
            error={remove.error}
            busy={remove.busy}
          >
            {text.removeText(format.bytes(model.held_bytes))}
          </ConfirmButton>
        )}
      </Group>
      {error ? <ErrorNotice error={error} /> : null}
    </Stack>
  )
}

interface ModelItemProps {
  readonly model: ModelState
  readonly neighbours: Neighbours
}

/** A model: how much of it is here, where it came from, who else has it, and what can be done with it. */
export function ModelItem({ model, neighbours }: ModelItemProps) {
  const text = useText(messages).list
  const format = useFormat()
  const modelName = useModelName()
  const { state, source, bytes, held_bytes, layers, held_layers, held_ends, problem, refused } = model
  const name = modelName(model.model)
  const whole = held_bytes >= bytes
  const facts = [
    whole || state === 'offered' ? format.bytes(bytes) : text.size(format.bytes(held_bytes), format.bytes(bytes)),
    text.sources[source],
    layers > 0 && state !== 'offered' ? text.layers(format.number(heldCount(held_layers)), format.number(layers)) : null,
  ].filter((fact) => fact !== null)
  return (
    <li className={lists.item} aria-label={name}>
      <div className={lists.itemHead}>
        <Text fw={600}>{name}</Text>
        <StatusDot status={refused === null ? DOTS[state] : 'bad'}>
          {refused === null ? text.states[state] : text.refused}
        </StatusDot>
      </div>
      <ModelHint model={model.model} />
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
      {whole || state === 'offered' ? null : (
        <Progress value={(100 * held_bytes) / Math.max(1, bytes)} aria-label={text.progress(name)} size="lg" />
      )}
      <Holders model={model} neighbours={neighbours} />
      {state === 'partial' && !held_ends ? (
        <Text size="sm" c="dimmed">
          {text.noEnds}
        </Text>
      ) : null}
      {refused === null ? null : (
        <Text size="sm" c="dimmed">
          {text.refusedWhy} <Code>{visibleText(refused)}</Code>
        </Text>
      )}
      {problem === null ? null : (
        <Text size="sm" c={state === 'failed' ? 'bad' : 'dimmed'} role="status">
          <ProblemWords code={problem} />
        </Text>
      )}
      {source === 'folder' && (state === 'paused' || state === 'failed') ? <Text size="sm">{text.folderAgain}</Text> : null}
      <Actions model={model} />
    </li>
  )
}
