import { Button, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import { IconCircleX, IconEye, IconFlagCheck, IconLifebuoy, IconRun, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Alert } from '#protocol/civdef/alert.ts'
import { alertAck } from '#protocol/civdef/capabilities.ts'
import { CIVDEF_ACK_NOTE_MAX_CHARS } from '#protocol/civdef/constants.ts'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { ACK_STATUSES, type AckStatus, type CertId } from '#protocol/civdef/terms.ts'
import { configGet } from '#protocol/config/capabilities.ts'
import type { HearthError } from '#protocol/core/errors.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall, useQuery } from '../../../port/hooks.ts'
import shared from '../civdef.module.css'
import { PLACE } from '../paths.ts'
import classes from './alert.module.css'
import { type Answered, answeringOf, isSomebodyThere } from './answer.ts'
import { messages } from './messages.ts'

const ICONS = {
  received: IconEye,
  acting: IconRun,
  need_help: IconLifebuoy,
  standing_down: IconFlagCheck,
  mistaken: IconCircleX,
} as const satisfies Record<AckStatus, unknown>

/** The one form of a note that is signed: plain, no space around, within its length. */
const plainNote = (note: string): string => note.normalize('NFC').trim()

function Trouble({ error }: { readonly error: HearthError }) {
  const text = useText(messages).ack
  const format = useFormat()
  if (error.code !== 'civdef_ack_rate_limited') return <ErrorNotice error={error} />
  const { retryAfterMs } = error
  const when = retryAfterMs === undefined ? null : format.time(Date.now() + retryAfterMs)
  return (
    <div className={shared.strip} role="alert">
      <IconSend size={24} aria-hidden />
      <span>{when === null ? text.limitedSoon : text.limited(when)}</span>
    </div>
  )
}

interface AnswerProps {
  readonly alert: Alert
  /** The role it is given in; none for a resident. */
  readonly certId: CertId | null
}

function Answer({ alert, certId }: AnswerProps) {
  const text = useText(messages).ack
  const format = useFormat()
  const ack = useCall(alertAck)
  const mesh = useQuery(nodePeers, {})
  const [note, setNote] = useState('')
  const [answered, setAnswered] = useState<Answered | null>(null)
  const isWaiting = mesh.status === 'ready' && !isSomebodyThere(mesh.data.peers)

  const answer = async (status: AckStatus) => {
    const plain = plainNote(note)
    const done = await ack.run({
      alert_id: alert.alert_id,
      status,
      ...(plain === '' ? {} : { note: plain }),
      ...(certId === null ? {} : { cert_id: certId }),
    })
    if (!done) return
    setAnswered({ status, at: Date.now() })
    setNote('')
  }
  return (
    <Stack gap="md">
      <div className={classes.answers}>
        {ACK_STATUSES.map((status) => {
          const Icon = ICONS[status]
          const isChosen = answered?.status === status
          return (
            <button
              key={status}
              type="button"
              className={classes.answer}
              data-kind={status}
              data-chosen={isChosen || undefined}
              aria-pressed={isChosen}
              disabled={ack.busy}
              onClick={() => void answer(status)}
            >
              <Icon size={28} aria-hidden />
              {text.options[status]}
            </button>
          )
        })}
      </div>
      <Textarea
        label={text.note}
        description={text.noteHint}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={CIVDEF_ACK_NOTE_MAX_CHARS}
        autosize
        minRows={2}
      />
      {note === '' ? null : (
        <Text size="sm" c="dimmed">
          {text.chars(format.number(note.length), format.number(CIVDEF_ACK_NOTE_MAX_CHARS))}
        </Text>
      )}
      <div role="status">
        {answered ? <Text fw={600}>{text.sent(text.options[answered.status], format.time(answered.at))}</Text> : null}
        {answered && isWaiting ? <Text>{text.waiting}</Text> : null}
      </div>
      {ack.error ? <Trouble error={ack.error} /> : null}
    </Stack>
  )
}

interface AckSectionProps {
  readonly alert: Alert
  readonly isOver: boolean
}

/** Answers an alert with one press (CIV-11). */
export function AckSection({ alert, isOver }: AckSectionProps) {
  const text = useText(messages).ack
  const config = useQuery(configGet, {})
  const wallet = useQuery(walletGet, {})
  const good = wallet.status === 'ready' ? wallet.data.own.filter(({ state }) => state === 'good') : []
  const [chosen, choose] = useState<string | null>(null)
  const role = chosen === null ? good[0] : good.find(({ certificate }) => certificate.cert_id === chosen)
  if (config.status !== 'ready' || wallet.status === 'loading') return null
  const answering = answeringOf({
    isMirror: false,
    forRoles: alert.target.roles.length > 0,
    inRole: role !== undefined,
    publicAcks: config.data.civdef.public_acks,
  })
  return (
    <Section title={text.title} intro={answering === 'open' ? text.intro : undefined}>
      <Stack gap="md">
        {isOver && answering === 'open' ? <Text>{text.over}</Text> : null}
        {good.length > 0 ? (
          <NativeSelect
            label={text.as}
            value={role?.certificate.cert_id ?? ''}
            onChange={(event) => choose(event.currentTarget.value)}
            data={[
              ...good.map(({ certificate }) => ({ value: certificate.cert_id, label: visibleText(certificate.title) })),
              { value: '', label: text.resident },
            ]}
          />
        ) : null}
        {answering === 'open' ? (
          <Answer alert={alert} certId={role?.certificate.cert_id ?? null} />
        ) : (
          <>
            <Text>{text.off}</Text>
            <Text c="dimmed">{text.turnOn}</Text>
            <Button component={Link} href={PLACE} variant="default">
              {text.toSettings}
            </Button>
          </>
        )}
      </Stack>
    </Section>
  )
}
