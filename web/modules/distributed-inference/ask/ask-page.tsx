import { Button, Stack } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { Link } from 'wouter'
import { type ModelState, modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { Empty } from '../../../kit/empty.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { MODELS } from '../paths.ts'
import { useConsent } from '../shared/consent.ts'
import { ConsentDialog } from '../shared/consent-dialog.tsx'
import { Doors } from '../shared/doors.tsx'
import classes from './ask.module.css'
import { AskForm } from './ask-form.tsx'
import { messages } from './messages.ts'
import { inPlaceOf } from './other-model.ts'
import { wishesOf } from './settings.ts'
import { TurnItem } from './turn-item.tsx'
import { useRoom } from './use-room.ts'
import { answersAlone, needsOthers } from './who-would.tsx'

/** Models that can be asked: here in whole or in part, or to be had at once. */
const canBeAsked = ({ refused, state, source }: ModelState): boolean =>
  refused === null && (state === 'ready' || state === 'partial' || source === 'app' || source === 'box')

function AskRoom({ models }: { readonly models: readonly ModelState[] }) {
  const text = useText(messages)
  const room = useRoom()
  const consent = useConsent()
  const [pending, setPending] = useState<string | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const { conversation, turns, settings } = room
  const [first] = models
  const model = models.find((each) => each.model === settings.model) ?? models.find(({ state }) => state === 'ready') ?? first
  const last = turns.at(-1)
  const busy = last?.state === 'waiting' || last?.state === 'speaking'

  const send = (question: string, computedBy = settings.computedBy, othersMayRead = consent.givenAt !== null): void => {
    if (!model) return
    const others = othersMayRead && computedBy !== 'local' ? { others_may_read: true } : {}
    void conversation.ask(question, { model: model.model, computed_by: computedBy, ...others, ...wishesOf(settings) })
  }
  const ask = (question: string): void => {
    if (!model) return
    if (consent.givenAt === null && needsOthers(model, settings.computedBy)) setPending(question)
    else send(question)
  }
  const again = (): void => {
    if (!last) return
    field.current?.focus({ preventScroll: true })
    conversation.dropLast()
    if (last.error?.code === 'consent_required') setPending(last.question)
    else ask(last.question)
  }

  const other = last ? inPlaceOf(last, models) : null
  /** The person's press lets it answer: it is asked once, and the one that is chosen stays chosen (DLM-4). */
  const askOther = (): void => {
    if (!last || other === null) return
    field.current?.focus({ preventScroll: true })
    conversation.dropLast()
    const options = { model: other, computed_by: 'local' as const, ...wishesOf(settings) }
    void conversation.ask(last.question, options, last.insteadOf ?? last.model)
  }

  const stop = (): void => {
    field.current?.focus({ preventScroll: true })
    conversation.stop()
  }

  if (!model) {
    return (
      <Empty
        icon={IconPackage}
        action={
          <Button component={Link} href={MODELS}>
            {text.toModels}
          </Button>
        }
      >
        {text.noModel}
      </Empty>
    )
  }
  return (
    <Stack gap="xl">
      {turns.length === 0 ? null : (
        <ol className={classes.turns} aria-label={text.conversation}>
          {turns.map((turn) => (
            <TurnItem
              key={turn.id}
              turn={turn}
              onAgain={turn === last && !busy ? again : null}
              other={turn === last ? other : null}
              onOther={askOther}
              onStop={turn === last && busy ? stop : null}
            />
          ))}
        </ol>
      )}
      <AskForm models={models} model={model} room={room} busy={busy} field={field} onAsk={ask} />
      <ConsentDialog
        opened={pending !== null}
        onAlone={
          answersAlone(model)
            ? () => {
                if (pending !== null) send(pending, 'local')
                setPending(null)
              }
            : null
        }
        onAgree={() => {
          consent.give()
          if (pending !== null) send(pending, settings.computedBy, true)
          setPending(null)
        }}
        onCancel={() => {
          // not asked is not thrown away
          if (pending !== null) room.choose({ draft: pending })
          setPending(null)
        }}
      />
    </Stack>
  )
}

/** Asks a model and shows its answer as it comes. */
export function AskPage() {
  const text = useText(messages)
  const query = useQuery(modelList, {})
  return (
    <Page title={text.title} intro={text.intro}>
      <Doors />
      <QueryView query={query} rows={8}>
        {({ models }) => <AskRoom models={models.filter(canBeAsked)} />}
      </QueryView>
    </Page>
  )
}
