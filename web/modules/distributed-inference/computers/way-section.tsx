import { Group, Stack, Text } from '@mantine/core'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { LateList } from '../shared/late-list.tsx'
import { useModelName } from '../shared/model-name.tsx'
import { useLayers } from '../shared/use-layers.ts'
import { useNames } from '../shared/use-names.ts'
import classes from './computers.module.css'
import { messages } from './messages.ts'
import { isRunning, type Pipeline } from './use-pipelines.ts'

interface StepProps {
  readonly stage: StageStatus
  /** Of all stages' newest times, ms. */
  readonly total: number
}

/** One stop on the way, with the time it took for the newest word. */
function Step({ stage: { node_id, layers, handed, last_ms, mean_ms }, total }: StepProps) {
  const text = useText(messages).way
  const format = useFormat()
  const names = useNames()
  const layerWords = useLayers()
  return (
    <li className={classes.step} data-mine={node_id === null}>
      <div className={classes.times}>
        <span>
          <bdi>{text.stage(names.label(node_id), layerWords(layers))}</bdi>
        </span>
        <span className={classes.time}>{last_ms === null ? null : `${format.number(Math.round(last_ms))}\u00a0ms`}</span>
        <span className={classes.bar} aria-hidden>
          <span
            className={classes.barFill}
            style={{ width: `${last_ms === null ? 0 : (100 * last_ms) / Math.max(total, 1)}%` }}
          />
        </span>
        <Text size="sm" c="dimmed">
          {[handed ? text.handed : null, mean_ms === null ? text.unmeasured : text.mean(format.number(Math.round(mean_ms)))]
            .filter((word) => word !== null)
            .join(' · ')}
        </Text>
      </div>
    </li>
  )
}

function Way({ pipeline: { stages } }: { readonly pipeline: Pipeline }) {
  const text = useText(messages).way
  const format = useFormat()
  const total = stages.reduce((sum, { last_ms }) => sum + (last_ms ?? 0), 0)
  return (
    <Stack gap="sm">
      <ol className={classes.way} aria-label={text.title}>
        <li className={classes.step} data-mine>
          {text.begin}
        </li>
        {stages.map((stage) => (
          <Step key={stage.layers.from} stage={stage} total={total} />
        ))}
        <li className={classes.step} data-mine>
          {text.end}
        </li>
      </ol>
      <LateList stages={stages} />
      {total > 0 ? <Text size="sm">{text.together(format.number(Math.round(total)), format.number(1000 / total))}</Text> : null}
    </Stack>
  )
}

/** The way of a word through the devices, live while an answer runs, else the last one. @param pipelines newest first */
export function WaySection({ pipelines }: { readonly pipelines: readonly Pipeline[] }) {
  const text = useText(messages).way
  const modelName = useModelName()
  const withStages = pipelines.filter(({ stages }) => stages.length > 0)
  const running = withStages.filter(isRunning)
  const shown = running.length > 0 ? running : withStages.slice(0, 1)
  return (
    <Section title={text.title} intro={text.intro}>
      {shown.length === 0 ? <Text c="dimmed">{text.none}</Text> : null}
      <Stack gap="lg">
        {shown.map((pipeline) => (
          <Stack key={pipeline.pipeline_id} gap="sm">
            <Group gap="md">
              <Text fw={600}>{modelName(pipeline.model)}</Text>
              <StatusDot status={isRunning(pipeline) ? 'busy' : 'idle'}>
                {isRunning(pipeline) ? text.running : text.last}
              </StatusDot>
            </Group>
            <Way pipeline={pipeline} />
          </Stack>
        ))}
      </Stack>
    </Section>
  )
}
