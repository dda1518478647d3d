import { NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { pipelinePlan } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Plan } from '#protocol/distributed-inference/schemas.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { useModelName } from '../shared/model-name.tsx'
import { Problem } from '../shared/problem.tsx'
import { useLayers } from '../shared/use-layers.ts'
import { useNames } from '../shared/use-names.ts'
import classes from './computers.module.css'
import { messages } from './messages.ts'

/** A plan and its reasons, in sentences (DLM-2). */
function PlanWords({ plan }: { readonly plan: Plan }) {
  const text = useText(messages).plan
  const format = useFormat()
  const names = useNames()
  const layers = useLayers()
  return (
    <Stack gap="sm">
      <ol className={classes.plain} aria-label={text.title}>
        {plan.stages.map(({ node_id, layers: run, reason, spares, measured }) => (
          <li key={run.from}>
            <bdi>{text.stage(names.label(node_id), layers(run, plan.model_layers))}</bdi>
            <Text size="sm" c="dimmed">
              {text.why(
                measured ? text.reasons[reason] : `${text.reasons[reason]}, ${text.guessed}`,
                spares === 0 ? text.noSpare : text.spares(spares),
              )}
            </Text>
          </li>
        ))}
      </ol>
      <Text size="sm">{text.expected(format.number(Math.round(plan.expected_ms_per_token)))}</Text>
      {plan.topology_reason === 'only_one' ? null : (
        <Text size="sm">{text.topology[plan.topology_reason](format.number(Math.round(plan.other_topology_ms ?? 0)))}</Text>
      )}
      {plan.left_out.length === 0 ? null : (
        <Stack gap={4}>
          <Text size="sm" fw={600}>
            {text.leftOut}
          </Text>
          <ul className={classes.plain}>
            {plan.left_out.map(({ node_id, shard_id, reason }) => (
              <li key={`${node_id} ${shard_id}`}>
                <Text size="sm" c="dimmed">
                  {text.out(names.label(node_id), text.leftOutReasons[reason])}
                </Text>
              </li>
            ))}
          </ul>
        </Stack>
      )}
    </Stack>
  )
}

/** Who would compute a model now, and why. @param models names of those that could be asked */
export function PlanSection({ models }: { readonly models: readonly string[] }) {
  const text = useText(messages).plan
  const modelName = useModelName()
  const [chosen, choose] = useState<string | null>(null)
  const model = chosen !== null && models.includes(chosen) ? chosen : (models[0] ?? '')
  const query = useQuery(pipelinePlan, { model }, { enabled: model !== '' })
  if (model === '') return null
  return (
    <Section title={text.title}>
      <NativeSelect
        label={text.model}
        value={model}
        onChange={(event) => choose(event.currentTarget.value)}
        data={models.map((value) => ({ value, label: modelName(value) }))}
      />
      <QueryView query={query} rows={2} failed={(error, retry) => <Problem error={error} onRetry={retry} />}>
        {({ plan }) => <PlanWords plan={plan} />}
      </QueryView>
    </Section>
  )
}
