import { Button, Stack, Text, Textarea } from '@mantine/core'
import { IconSignature } from '@tabler/icons-react'
import { useState } from 'react'
import { roleList } from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { cosignRequest } from '#protocol/civdef/desk-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { CodeToShow } from '../../../../kit/codes/code-to-show.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import type { AlertDraft } from '../publish/form.ts'
import { Choice } from '../shared/choice.tsx'
import { usePeople } from '../shared/people.ts'
import { cosignersFor } from '../shared/role-kinds.ts'
import { messages } from './messages.ts'

export interface AskCosignerProps {
  readonly draft: AlertDraft
  /** The publisher's. */
  readonly certificate: Certificate
  readonly onAsked: (requestId: Ulid) => void
}

function Asked({ asked, onAsked }: { asked: Output<typeof cosignRequest>; onAsked: AskCosignerProps['onAsked'] }) {
  const text = useText(messages).ask
  return (
    <Stack gap="md">
      <Text fw={600} role="status">
        {asked.delivered ? text.near : text.far}
      </Text>
      {asked.delivered ? (
        <details>
          <summary className={classes.summary}>{text.code}</summary>
          <CodeToShow big text={asked.text} />
        </details>
      ) : (
        <CodeToShow big text={asked.text} />
      )}
      <Button className={classes.big} onClick={() => onAsked(asked.request_id)}>
        {text.toList}
      </Button>
    </Stack>
  )
}

/** Chooses who gives the second signature, and asks: over the mesh where they are near, else by code (CIV-4). */
export function AskCosigner({ draft, certificate, onAsked }: AskCosignerProps) {
  const text = useText(messages).ask
  const { nameOf } = usePeople()
  const query = useQuery(roleList, { only_good: true, limit: 500 })
  const ask = useCall(cosignRequest)
  const [to, setTo] = useState<NodeId | null>(null)
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState<Output<typeof cosignRequest> | null>(null)

  const send = async (holder: NodeId) => {
    const words = reason.replace(/\s+/g, ' ').trim()
    setAsked((await ask.run({ draft, to: holder, ...(words === '' ? {} : { reason: words }) })) ?? null)
  }
  if (asked) return <Asked asked={asked} onAsked={onAsked} />
  return (
    <QueryView query={query}>
      {({ certificates }) => {
        const wanted = { region: draft.target.region, severity: draft.severity }
        const { role, holder: publisher } = certificate
        const found = cosignersFor(certificates, { ...wanted, role, publisher })
        if (found.length === 0) {
          return (
            <Text role="alert">
              {text.nobody} {text.lower}
            </Text>
          )
        }
        return (
          <Stack gap="md">
            <Choice
              legend={text.who}
              value={to}
              onChange={setTo}
              options={[...new Map(found.map((one) => [one.certificate.holder, one])).values()].map(({ certificate: one }) => ({
                value: one.holder,
                name: <BidiText>{one.title}</BidiText>,
                note: <BidiText>{nameOf(one.holder) ?? ''}</BidiText>,
              }))}
            />
            <Textarea
              label={text.reason}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={280}
              autosize
              minRows={2}
            />
            {ask.error ? <ErrorNotice error={ask.error} /> : null}
            <Button
              className={classes.big}
              leftSection={<IconSignature size={24} aria-hidden />}
              disabled={to === null}
              loading={ask.busy}
              onClick={() => {
                if (to !== null) void send(to)
              }}
            >
              {text.send}
            </Button>
          </Stack>
        )
      }}
    </QueryView>
  )
}
