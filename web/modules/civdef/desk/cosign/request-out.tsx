import { Button, Stack, Text } from '@mantine/core'
import { IconPencil, IconSend } from '@tabler/icons-react'
import { ulid } from 'ulid'
import { Link, useLocation } from 'wouter'
import { alertGet, alertPublish } from '#protocol/civdef/capabilities.ts'
import { draftSave } from '#protocol/civdef/desk-capabilities.ts'
import { displayNodeId, parseUlid } from '#protocol/core/ids.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { CodeToShow } from '../../../../kit/codes/code-to-show.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { boardPath, draftPath } from '../paths.ts'
import { draftOfContent } from '../publish/form.ts'
import { AlertView } from '../shared/alert-view.tsx'
import { RoleName } from '../shared/certificate-card.tsx'
import { Hold } from '../shared/hold.tsx'
import { messages as shared } from '../shared/messages.ts'
import { usePeople } from '../shared/people.ts'
import type { Entry } from './entry.ts'
import { messages } from './messages.ts'

const SHAPES = { waiting: 'busy', signed: 'good', declined: 'bad' } as const

/** A request by this person: how it stands, and once it is signed, the button that sends the alert word for word (CIV-4). */
export function RequestOut({ entry }: { readonly entry: Entry }) {
  const text = useText(messages)
  const words = useText(shared)
  const [, navigate] = useLocation()
  const { nameOf } = usePeople()
  const now = useNow()
  const publish = useCall(alertPublish)
  const save = useCall(draftSave)
  const { request, state, attestation, text: code } = entry
  const { content } = request
  const published = useQuery(alertGet, { key: content.alert_id })
  const isPublished = published.status === 'ready'
  const isLate = Date.parse(content.expires_at) <= now
  const error = publish.error ?? save.error

  const send = async () => {
    if (!attestation) return
    const sent = await publish.run({ draft: draftOfContent(content), attestation })
    if (sent) navigate(boardPath(sent.alert_id))
  }
  const rewrite = async () => {
    const kept = await save.run({ draft: { ...draftOfContent(content), alert_id: parseUlid(ulid()) } })
    if (kept) navigate(draftPath(kept.draft_id))
  }
  return (
    <Stack gap="md">
      <div>
        <Text fw={700}>
          <BidiText>{text.to(nameOf(request.to) ?? words.unknownPerson)}</BidiText>{' '}
          <span className={classes.mono}>{displayNodeId(request.to)}</span>
        </Text>
        <StatusDot status={SHAPES[state]}>{isPublished ? text.published : text.states[state]}</StatusDot>
      </div>
      <AlertView alert={content} by={<RoleName role={content.publisher_role} />} />
      {error ? (
        <div>
          <Text fw={600}>{text.failed}</Text>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      {isPublished ? (
        <Button component={Link} href={boardPath(content.alert_id)} className={classes.big}>
          {text.toBoard}
        </Button>
      ) : isLate ? (
        <Text role="alert">{text.late}</Text>
      ) : state === 'signed' ? (
        <Hold
          label={content.drill ? text.publishDrill : text.publish}
          icon={<IconSend size={32} aria-hidden />}
          disabled={publish.busy}
          onHeld={send}
        />
      ) : null}
      {code === null || isPublished ? null : (
        <details>
          <summary className={classes.summary}>{text.codeAgain.request}</summary>
          <CodeToShow big text={code} />
        </details>
      )}
      {isPublished ? null : (
        <Button
          variant="default"
          className={classes.wide}
          leftSection={<IconPencil size={24} aria-hidden />}
          loading={save.busy}
          onClick={rewrite}
        >
          {text.rewrite}
        </Button>
      )}
    </Stack>
  )
}
