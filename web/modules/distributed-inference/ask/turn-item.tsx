import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { memo, type RefObject, useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFocusKept } from '../../../kit/focus.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { messages as kitMessages } from '../../../kit/messages.ts'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { COMPUTERS } from '../paths.ts'
import { ModelHint, useModelName } from '../shared/model-name.tsx'
import { Problem } from '../shared/problem.tsx'
import { AnswerText } from './answer-text.tsx'
import classes from './ask.module.css'
import { ComputedBy, Notes } from './computed-by.tsx'
import type { Turn } from './conversation.ts'
import { messages } from './messages.ts'

/** How long "Copied" stays, ms. */
const THANKS_MS = 2500

function CopyAnswer({ text: live }: Pick<Turn, 'text'>) {
  const text = useText(messages).answer
  const kit = useText(kitMessages)
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none')
  useEffect(() => {
    if (outcome !== 'copied') return
    const timer = setTimeout(() => setOutcome('none'), THANKS_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = () =>
    navigator.clipboard.writeText(live.get()).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    )
  const copied = outcome === 'copied'
  return (
    <>
      <Button
        variant="default"
        onClick={copy}
        leftSection={copied ? <IconCheck size={20} aria-hidden /> : <IconCopy size={20} aria-hidden />}
      >
        {copied ? kit.copied : text.copy}
      </Button>
      <Text size="sm" c="bad" role="status">
        {outcome === 'failed' ? kit.copyFailed : null}
      </Text>
    </>
  )
}

/** How far a model has come that is brought here before it can answer; null when none is. */
function useFetched(model: string): string | null {
  const format = useFormat()
  const query = useQuery(modelList, {})
  const found = query.status === 'ready' ? query.data.models.find((known) => known.model === model) : undefined
  if (!found || (found.state !== 'loading' && found.state !== 'checking')) return null
  return format.number(Math.floor((100 * found.held_bytes) / Math.max(1, found.bytes)))
}

function Waiting({ model, phase }: Pick<Turn, 'model' | 'phase'>) {
  const text = useText(messages).answer
  const fetched = useFetched(model)
  const opened = phase === null ? text.opening : text.phases[phase]
  return <StatusDot status="busy">{fetched === null ? opened : text.fetching(fetched)}</StatusDot>
}

function State({ turn: { state, model, phase, ending, text: live } }: { readonly turn: Turn }) {
  const text = useText(messages).answer
  if (state === 'waiting') return <Waiting model={model} phase={phase} />
  if (state === 'speaking') return <StatusDot status="busy">{phase === null ? text.speaking : text.phases[phase]}</StatusDot>
  if (state === 'stopped') return <StatusDot status="idle">{text.stopped}</StatusDot>
  if (state === 'failed') return null
  if (live.get() === '') return <StatusDot status="idle">{text.nothing}</StatusDot>
  return <StatusDot status="good">{ending?.reason === 'length' ? text.cut : text.done}</StatusDot>
}

interface StopProps {
  readonly onStop: () => void
  /** What has the focus when the answer ends by itself and the button goes. */
  readonly item: RefObject<HTMLElement | null>
}

function Stop({ onStop, item }: StopProps) {
  const text = useText(messages)
  const kept = useFocusKept(item)
  return (
    <Button variant="default" onClick={onStop} leftSection={<IconPlayerStop size={20} aria-hidden />} {...kept}>
      {text.stop}
    </Button>
  )
}

interface OtherModelProps {
  readonly model: string
  readonly onAsk: () => void
}

/** Another model could answer here: it does where the person wants it, never by itself (DLM-4). */
function OtherModel({ model, onAsk }: OtherModelProps) {
  const text = useText(messages).other
  const name = useModelName()(model)
  return (
    <Stack gap="xs" align="flex-start">
      <Text>{text.here(name)}</Text>
      <ModelHint model={model} />
      <Button onClick={onAsk} className={classes.long}>
        {text.answer(name)}
      </Button>
    </Stack>
  )
}

/** Whose words these are. */
function AnsweredBy({ turn: { model, insteadOf, state, text: live } }: { readonly turn: Turn }) {
  const text = useText(messages).other
  const modelName = useModelName()
  const ended = state === 'done' || state === 'stopped'
  if (insteadOf === null && !(ended && live.get() !== '')) return null
  return (
    <Text size="sm" c="dimmed">
      {insteadOf === null ? text.by(modelName(model)) : text.byOther(modelName(model), modelName(insteadOf))}
    </Text>
  )
}

interface TurnItemProps {
  readonly turn: Turn
  /** Asks the last question once more; null where others came after it. */
  readonly onAgain: (() => void) | null
  /** The model that could answer in place of the one that could not be computed; null where none could, or need not. */
  readonly other: string | null
  readonly onOther: () => void
  /** Stops the answer; null where it has ended. */
  readonly onStop: (() => void) | null
}

/** A question and its answer. */
export const TurnItem = memo(function TurnItem({ turn, onAgain, other, onOther, onStop }: TurnItemProps) {
  const text = useText(messages)
  const item = useRef<HTMLLIElement>(null)
  const busy = turn.state === 'waiting' || turn.state === 'speaking'
  useEffect(() => {
    // what was asked stands at the top, and the answer has the room below
    item.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const again = onAgain ? (
    <Button variant="default" onClick={onAgain} leftSection={<IconRefresh size={20} aria-hidden />}>
      {text.answer.again}
    </Button>
  ) : null
  return (
    <li className={classes.turn} ref={item} tabIndex={-1}>
      <p className={classes.question}>
        <span className={classes.muted}>{text.answer.you}</span>
        <br />
        <BidiText>{turn.question}</BidiText>
      </p>
      <section className={classes.answer} aria-label={text.answer.said(turn.question)} data-busy={busy}>
        <AnswerText text={turn.text} busy={busy} />
        <Notes notes={turn.notes} over={!busy} />
        <div className={classes.status}>
          <div role="status">
            <State turn={turn} />
          </div>
          {onStop ? <Stop onStop={onStop} item={item} /> : null}
        </div>
        {turn.error ? (
          <Problem
            error={turn.error}
            action={
              <>
                {other === null ? null : <OtherModel model={other} onAsk={onOther} />}
                <Group gap="sm">
                  {again}
                  <Button component={Link} href={COMPUTERS} variant="default">
                    {text.toComputers}
                  </Button>
                </Group>
              </>
            }
          />
        ) : null}
        <AnsweredBy turn={turn} />
        <ComputedBy turn={turn} />
        {busy || turn.text.get() === '' ? null : (
          <Group gap="sm">
            <CopyAnswer text={turn.text} />
            {turn.error === null && turn.state === 'stopped' ? again : null}
          </Group>
        )}
      </section>
    </li>
  )
})
