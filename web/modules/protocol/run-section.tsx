import { Button, Group, Progress, Stack, Switch, Text } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { type RefObject, useId, useRef, useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { isErrorCode } from '#protocol/core/errors.ts'
import { conformanceReport } from '#protocol/protocol/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { ErrorWords } from '../../kit/error-words.tsx'
import { useFocusKept } from '../../kit/focus.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { useSession } from '../../shell/session.tsx'
import { messages } from './messages.ts'
import classes from './protocol.module.css'

type Answer = Output<typeof conformanceReport>

interface StepProps {
  /** What has the focus when what was pressed is gone. */
  readonly section: RefObject<HTMLElement | null>
}

function Running({ state, section }: StepProps & { readonly state: Answer['state'] }) {
  const text = useText(messages).conformance
  const format = useFormat()
  const stop = useCall(conformanceReport)
  const kept = useFocusKept(section)
  const label = useId()
  const { done, total, failed, current } = state
  const known = total > 0
  return (
    <Stack gap="sm" {...kept}>
      <Text id={label}>
        {known ? text.progress(format.number(done), format.number(total)) : text.preparing}
        {known ? `, ${failed > 0 ? text.failedSoFar(failed) : text.noFailures}` : ''}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section value={known ? (100 * done) / total : 0} aria-labelledby={label} />
      </Progress.Root>
      <Text size="sm" c="dimmed" className={classes.code}>
        {current ? text.current(current) : ' '}
      </Text>
      <Group>
        <Button
          variant="default"
          onClick={() => stop.run({ action: 'stop' })}
          loading={stop.busy}
          leftSection={<IconPlayerStop size={20} aria-hidden />}
        >
          {text.stop}
        </Button>
      </Group>
      {stop.error ? <ErrorNotice error={stop.error} /> : null}
    </Stack>
  )
}

interface StartProps extends StepProps {
  readonly answer: Answer
}

function Start({ answer: { state, report }, section }: StartProps) {
  const text = useText(messages).conformance
  const { community } = useSession()
  const run = useCall(conformanceReport)
  const kept = useFocusKept(section)
  const [share, setShare] = useState(false)
  return (
    <Stack gap="sm" {...kept}>
      {state.ended === null ? null : (
        <Text role="status">
          {state.ended === 'stopped' ? text.stopped : text.broke(state.ended)}{' '}
          {isErrorCode(state.ended) ? <ErrorWords code={state.ended} /> : null}
        </Text>
      )}
      {community ? (
        <Switch checked={share} onChange={(event) => setShare(event.currentTarget.checked)} label={text.share} />
      ) : null}
      <Group>
        <Button
          onClick={() => run.run({ action: 'run', share })}
          loading={run.busy}
          leftSection={<IconPlayerPlay size={20} aria-hidden />}
        >
          {report ? text.again : text.run}
        </Button>
      </Group>
      {run.error ? <ErrorNotice error={run.error} /> : null}
    </Stack>
  )
}

/** Starts the suite on this node, shows how far it is, and stops it. It goes on while the person looks at something else. */
export function RunSection({ answer }: { readonly answer: Answer }) {
  const text = useText(messages).conformance
  const section = useRef<HTMLDivElement>(null)
  const { state } = answer
  if (state.phase === 'not_installed') return <Section title={text.runTitle}>{text.notInstalled}</Section>
  return (
    <Section title={text.runTitle}>
      <div ref={section} tabIndex={-1}>
        {state.phase === 'running' ? <Running state={state} section={section} /> : <Start answer={answer} section={section} />}
      </div>
    </Section>
  )
}
