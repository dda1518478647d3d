import { Stack, Text, Title } from '@mantine/core'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { type Status, StatusDot } from '../../../kit/status-dot.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useFailoverWords } from '../shared/failover-words.ts'
import { LateList } from '../shared/late-list.tsx'
import lists from '../shared/lists.module.css'
import { useModelName } from '../shared/model-name.tsx'
import { StageList } from '../shared/stage-list.tsx'
import { useLayers } from '../shared/use-layers.ts'
import classes from './computers.module.css'
import { messages } from './messages.ts'
import { isRunning, type Pipeline, type PipelineStatus } from './use-pipelines.ts'

const DOTS: Record<Pipeline['state'], Status> = {
  reading: 'busy',
  answering: 'busy',
  completed: 'good',
  cancelled: 'idle',
  failed: 'bad',
}

function Run({ run, now }: { readonly run: Pipeline; readonly now: number }) {
  const text = useText(messages).runs
  const format = useFormat()
  const modelName = useModelName()
  const failoverWords = useFailoverWords()
  const facts = [
    text.topology[run.topology],
    run.tokens > 0 && run.tokens_per_second !== null
      ? text.numbers(format.number(run.tokens), format.number(run.tokens_per_second))
      : null,
    run.first_token_ms === null ? null : text.first(format.number(run.first_token_ms / 1000)),
  ].filter((fact) => fact !== null)
  return (
    <li className={lists.item}>
      <div className={lists.itemHead}>
        <Text fw={600}>{text.line(modelName(run.model), format.relative(run.started_at, now))}</Text>
        <StatusDot status={DOTS[run.state]}>{text.states[run.state]}</StatusDot>
      </div>
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
      {run.topology === 'whole' ? null : <StageList label={text.title} stages={run.stages} />}
      <LateList stages={run.stages} />
      {run.failovers.length === 0 ? null : (
        <ul className={classes.plain} aria-label={text.happened}>
          {run.failovers.map((failover, at) => (
            // failovers are only ever added
            // biome-ignore lint/suspicious/noArrayIndexKey: as said
            <li key={at}>
              <Text size="sm">{failoverWords(failover, !isRunning(run))}</Text>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

/** What planning and each part took, for whoever looks for what is slow. */
function Latencies({ metrics: { pipeline_construct_ms, shard_latency_ms } }: Pick<PipelineStatus, 'metrics'>) {
  const text = useText(messages).runs
  const format = useFormat()
  const modelName = useModelName()
  const layerWords = useLayers()
  return (
    <>
      {pipeline_construct_ms === null ? null : (
        <Text size="sm" c="dimmed">
          {text.construct(format.number(pipeline_construct_ms))}
        </Text>
      )}
      {shard_latency_ms.length === 0 ? null : (
        <Stack gap="xs">
          <Title order={3} size="h4">
            {text.latencies}
          </Title>
          <ul className={classes.plain} aria-label={text.latencies}>
            {shard_latency_ms.map(({ shard_id, model, layers, mean_ms, answers }) => (
              <li key={shard_id} className={lists.itemHead}>
                <Text size="sm">{text.latency(modelName(model), layerWords(layers))}</Text>
                <Text size="sm" c="dimmed">
                  {text.latencyMs(format.number(mean_ms), answers)}
                </Text>
              </li>
            ))}
          </ul>
        </Stack>
      )}
    </>
  )
}

/** What ran and runs, in numbers; never what was asked. */
export function RunsSection({ status: { pipelines, metrics } }: { readonly status: PipelineStatus }) {
  const text = useText(messages).runs
  const now = useNow()
  const counted = [
    [metrics.failovers_total, text.failovers],
    [metrics.fallback_to_local_total, text.fallbacks],
    [metrics.shard_corruption_detected_total, text.corrupt],
  ] as const
  // what never happened is no news
  const told = counted.flatMap(([count, words]) => (count > 0 ? [words(count)] : []))
  return (
    <Section title={text.title} intro={text.intro}>
      {pipelines.length === 0 ? (
        <Text c="dimmed">{text.none}</Text>
      ) : (
        <ul className={classes.plain}>
          {pipelines.map((run) => (
            <Run key={run.pipeline_id} run={run} now={now} />
          ))}
        </ul>
      )}
      {told.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {text.totals(told.join(', '))}
        </Text>
      )}
      <Latencies metrics={metrics} />
    </Section>
  )
}
