import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Output } from '#protocol/core/capability.ts'
import { isErrorCode } from '#protocol/core/errors.ts'
import { stickTest } from '#protocol/lora/capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { ErrorWords } from '../../../kit/error-words.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { type Status, StatusDot } from '../../../kit/status-dot.tsx'
import { useCall } from '../../../port/hooks.ts'
import classes from '../lora.module.css'
import { messages } from './messages.ts'

type Step = Output<typeof stickTest>['steps'][number]

const SHAPES: Readonly<Record<Step['outcome'], Status>> = { ok: 'good', failed: 'bad', skipped: 'idle' }

function StepLine({ step }: { readonly step: Step }) {
  const text = useText(messages).test
  return (
    <li className={classes.step}>
      <StatusDot status={SHAPES[step.outcome]}>
        {text.steps[step.step]}: {text.outcomes[step.outcome]}
      </StatusDot>
      {step.code !== null && isErrorCode(step.code) ? (
        <Text size="sm" c="dimmed">
          <ErrorWords code={step.code} />
        </Text>
      ) : null}
    </li>
  )
}

/** Tries the stick from the socket to one message on the air, and says which part fails. */
export function SelfTest() {
  const text = useText(messages).test
  const test = useCall(stickTest)
  const [steps, setSteps] = useState<readonly Step[] | null>(null)
  const run = async () => {
    setSteps(null)
    const answer = await test.run({})
    if (answer) setSteps(answer.steps)
  }
  const good = steps?.every(({ outcome }) => outcome === 'ok')
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md" align="flex-start">
        <Button variant="default" onClick={run} loading={test.busy}>
          {text.run}
        </Button>
        <div role="status">
          {steps === null ? null : (
            <Stack gap="sm">
              <Text fw={600}>{good ? text.good : text.bad}</Text>
              <ul className={classes.plain}>
                {steps.map((step) => (
                  <StepLine key={step.step} step={step} />
                ))}
              </ul>
            </Stack>
          )}
        </div>
        {test.error ? <ErrorNotice error={test.error} /> : null}
      </Stack>
    </Section>
  )
}
