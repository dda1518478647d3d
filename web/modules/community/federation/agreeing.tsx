import { Button, Group, Stack, Text } from '@mantine/core'
import { federationPropose } from '#protocol/community/federation-capabilities.ts'
import { FEDERATION_STAGES } from '#protocol/protocol/federation-paper.ts'
import { CodeToShow } from '../../../kit/codes/code-to-show.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFocusOn } from '../../../kit/focus.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import { ReadPaper } from './read-paper.tsx'
import type { Step } from './step.ts'
import { TermsForm } from './terms-form.tsx'

interface StepProps {
  readonly go: (step: Step) => void
}

function Terms({ go }: StepProps) {
  const text = useText(messages)
  const propose = useCall(federationPropose)
  return (
    <Stack gap="md">
      <Text fw={650}>{text.terms.offer}</Text>
      <TermsForm
        kind="offer"
        busy={propose.busy}
        onTerms={async (grants, valid_seconds) => {
          const made = await propose.run({ grants, valid_seconds })
          if (made) go({ at: 'show', text: made.text, stage: 'offer' })
        }}
        onCancel={() => go({ at: 'rest', kept: false })}
      />
      {propose.error ? <ErrorNotice error={propose.error} /> : null}
    </Stack>
  )
}

function Shown({ step, go }: StepProps & { readonly step: Extract<Step, { at: 'show' }> }) {
  const text = useText(messages)
  const format = useFormat()
  const number = format.number(FEDERATION_STAGES.indexOf(step.stage) + 1)
  return (
    <Stack gap="md">
      <div role="status">
        <Text fw={650}>{text.show.step(number, format.number(FEDERATION_STAGES.length))}</Text>
        <Text>{text.show[step.stage]}</Text>
      </div>
      <CodeToShow text={step.text} />
      <Group gap="sm">
        {step.stage === 'agreement' ? null : <Button onClick={() => go({ at: 'read' })}>{text.show.next}</Button>}
        <Button variant="default" onClick={() => go({ at: 'rest', kept: false })}>
          {text.show.done}
        </Button>
      </Group>
    </Stack>
  )
}

function Rest({ kept, go }: StepProps & { readonly kept: boolean }) {
  const text = useText(messages)
  return (
    <Stack gap="sm">
      <Text role="status">{kept ? text.kept : null}</Text>
      <Text size="sm" c="dimmed">
        {text.how}
      </Text>
      <Group gap="sm">
        <Button variant="default" onClick={() => go({ at: 'terms' })}>
          {text.begin}
        </Button>
        <Button variant="default" onClick={() => go({ at: 'read' })}>
          {text.answer}
        </Button>
      </Group>
    </Stack>
  )
}

/** Three codes go to and fro between two anchors; each step says what comes next (FDR-1). */
export function Agreeing({ step, go }: StepProps & { readonly step: Step }) {
  const text = useText(messages)
  const part = useFocusOn<HTMLElement>(step.at === 'show' ? step.stage : step.at)
  return (
    <section ref={part} tabIndex={-1} aria-label={text.agreeing}>
      {step.at === 'terms' ? <Terms go={go} /> : null}
      {step.at === 'read' ? (
        <ReadPaper
          onDone={(next) => go(next ? { at: 'show', ...next } : { at: 'rest', kept: true })}
          onCancel={() => go({ at: 'rest', kept: false })}
        />
      ) : null}
      {step.at === 'show' ? <Shown step={step} go={go} /> : null}
      {step.at === 'rest' ? <Rest kept={step.kept} go={go} /> : null}
    </section>
  )
}
