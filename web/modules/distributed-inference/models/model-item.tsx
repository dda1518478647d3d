import { Button, Code, Group, Progress, Text } from '@mantine/core'
import { type RefObject, useRef } from 'react'
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
import { useFocusKept } from '../../../kit/focus.ts'
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

interface StepProps {
  readonly model: ModelState
  /** What has the focus when the button is gone. */
  readonly item: RefObject<HTMLElement | null>
}

interface StepButtonProps extends Pick<StepProps, 'item'> {
  readonly label: string
  readonly name: string
  readonly busy: boolean
  readonly take: () => Promise<unknown>
}

/** One button, whatever it says, so that who pressed it is still on it. */
function StepButton({ item, label, name, busy, take }: StepButtonProps) {
  const text = useText(messages).list
  const kept = useFocusKept(item)
  return (
    <Button variant="default" loading={busy} aria-label={text.actionOf(label, name)} onClick={take} {...kept}>
      {label}
    </Button>
  )
}

/** What comes next for a model, and why it did not. */
function Step({ model: { model, state, source }, item }: StepProps) {
  const text = useText(messages).list
  const modelName = useModelName()
  const pause = useCall(modelPause)
  const resume = useCall(modelResume)
  const fetch = useCall(modelImport)
  const error = pause.error ?? resume.error ?? fetch.error
  const busy = pause.busy || resume.busy || fetch.busy
  let step: Pick<StepButtonProps, 'label' | 'take'> | null = null
  if (state === 'loading' || state === 'waiting') step = { label: text.pause, take: () => pause.run({ model }) }
  else if ((state === 'paused' || state === 'failed') && source !== 'folder') {
    step = { label: text.resume, take: () => resume.run({ model }) }
  } else if (state === 'offered' && (source === 'app' || source === 'box')) {
    step = { label: text.fetch, take: () => fetch.run({ model, from: source }) }
  }
  return (
    <>
      {step === null ? null : <StepButton {...step} item={item} name={modelName(model)} busy={busy} />}
      {error ? (
        <Text size="sm" c="bad" role="alert">
          <ProblemWords code={error.code} />
        </Text>
      ) : null}
    </>
  )
}

function Remove({ model, item }: StepProps) {
  const text = useText(messages).list
  const format = useFormat()
  const modelName = useModelName()
  const remove = useCall(modelDelete)
  const kept = useFocusKept(item)
  const name = modelName(model.model)
  return (
    <div {...kept}>
      <ConfirmButton
        label={text.remove}
        about={name}
        title={text.removeTitle(name)}
        onConfirm={() => remove.run({ model: model.model })}
        error={remove.error}
        busy={remove.busy}
      >
        {text.removeText(format.bytes(model.held_bytes))}
      </ConfirmButton>
    </div>
  )
}

interface ModelItemProps {
  readonly model: ModelState
  readonly neighbours: Neighbours
  /** What has the focus when this model is gone. */
  readonly list: RefObject<HTMLElement | null>
}

/** A model: how much of it is here, where it came from, who else has it, and what can be done with it. */
export function ModelItem({ model, neighbours, list }: ModelItemProps) {
  const text = useText(messages).list
  const format = useFormat()
  const modelName = useModelName()
  const item = useRef<HTMLLIElement>(null)
  const kept = useFocusKept(list)
  const { state, source, bytes, held_bytes, layers, held_layers, held_ends, problem, refused } = model
  const name = modelName(model.model)
  const whole = held_bytes >= bytes
  const facts = [
    whole || state === 'offered' ? format.bytes(bytes) : text.size(format.bytes(held_bytes), format.bytes(bytes)),
    text.sources[source],
    layers > 0 && state !== 'offered' ? text.layers(format.number(heldCount(held_layers)), format.number(layers)) : null,
  ].filter((fact) => fact !== null)
  return (
    <li ref={item} tabIndex={-1} className={lists.item} aria-label={name} {...kept}>
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
          <ProblemWords code={problem} from={source} />
        </Text>
      )}
      {source === 'folder' && (state === 'paused' || state === 'failed') ? <Text size="sm">{text.folderAgain}</Text> : null}
      <Group gap="sm">
        <Step model={model} item={item} />
        {state === 'offered' ? null : <Remove model={model} item={item} />}
      </Group>
    </li>
  )
}
