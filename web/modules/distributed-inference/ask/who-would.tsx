import { Stack, Text } from '@mantine/core'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { pipelinePlan } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Plan } from '#protocol/distributed-inference/schemas.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { FocusHeld } from '../../../kit/focus-held.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { useOnline } from '../../../shell/services.tsx'
import { useModelName } from '../shared/model-name.tsx'
import { Problem } from '../shared/problem.tsx'
import { StageList } from '../shared/stage-list.tsx'
import { messages } from './messages.ts'
import { otherHere } from './other-model.ts'
import type { Settings } from './settings.ts'

const ALONE = ['offline', 'offlineApart', 'cannotCome', 'nobody', 'nobodyApart'] as const

/** Those that say that this model cannot be asked now. */
const APART: readonly (typeof ALONE)[number][] = ['offlineApart', 'cannotCome', 'nobodyApart']

/** Whether this device could answer with no other. */
export const answersAlone = ({ state, source }: ModelState): boolean =>
  state !== 'partial' && (state === 'ready' || source === 'app' || source === 'box')

/** Whether others would take part. */
export const needsOthers = (model: ModelState, computedBy: Settings['computedBy']): boolean =>
  computedBy === 'pipeline_first' || (computedBy === 'auto' && !answersAlone(model))

interface Company {
  /** Whether the device itself has a network. */
  readonly online: boolean
  /** Whether somebody else is there; null before it is known. */
  readonly others: boolean | null
}

function useCompany(): Company {
  const online = useOnline()
  const mesh = useQuery(nodePeers, {})
  if (mesh.status !== 'ready') return { online, others: null }
  return { online, others: mesh.data.peers.some(({ connection }) => connection === 'direct' || connection === 'relayed') }
}

/** Which words say that nobody else could help, and what that means for a model; null where somebody could. */
export function wordsAlone(model: ModelState, { online, others }: Company): (typeof ALONE)[number] | null {
  if (!online) return model.state === 'offered' ? 'cannotCome' : answersAlone(model) ? 'offline' : 'offlineApart'
  if (others !== false) return null
  return answersAlone(model) ? 'nobody' : 'nobodyApart'
}

function Together({ model }: { readonly model: string }) {
  const plan = useQuery(pipelinePlan, { model })
  return (
    <FocusHeld shows={plan.status}>
      {plan.status === 'failed' ? <Problem error={plan.error} onRetry={plan.retry} /> : null}
      {plan.status === 'ready' ? <TogetherWords stages={plan.data.plan.stages} /> : null}
    </FocusHeld>
  )
}

function TogetherWords({ stages }: Pick<Plan, 'stages'>) {
  const text = useText(messages).who
  if (stages.every(({ node_id }) => node_id === null)) return <Text size="sm">{text.alone}</Text>
  return (
    <Stack gap={2}>
      <Text size="sm">{text.together}</Text>
      <StageList label={text.together} stages={stages} />
    </Stack>
  )
}

interface WhoWouldProps {
  readonly models: readonly ModelState[]
  readonly model: ModelState
  readonly computedBy: Settings['computedBy']
}

/** Who would compute the next answer, and what is not here. */
export function WhoWould({ models, model, computedBy }: WhoWouldProps) {
  const text = useText(messages).who
  const format = useFormat()
  const modelName = useModelName()
  const company = useCompany()
  const alone = wordsAlone(model, company)
  const other = alone !== null && APART.includes(alone) ? otherHere(models, [model.model]) : null
  // that nobody else is here says it already
  const own = alone === null ? [answersAlone(model) ? text.alone : text.notAlone] : []
  if (model.state === 'offered' && company.online) own.push(text.fromApp(format.bytes(model.bytes)))
  return (
    <Stack gap={4}>
      {alone === null ? null : <Text size="sm">{text[alone]}</Text>}
      {other === null ? null : <Text size="sm">{text.otherHere(modelName(other))}</Text>}
      {needsOthers(model, computedBy) ? (
        <Together model={model.model} />
      ) : own.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {own.join(' ')}
        </Text>
      )}
    </Stack>
  )
}
