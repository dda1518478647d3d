import { Stack, Text } from '@mantine/core'
import { IconSignature, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { alertPreview, cosignAnswer, walletGet } from '#protocol/civdef/desk-capabilities.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { severityRank, within } from '#protocol/civdef/terms.ts'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { CodeToShow } from '../../../../kit/codes/code-to-show.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { Reach } from '../publish/check-step.tsx'
import { draftOfContent } from '../publish/form.ts'
import { AlertView } from '../shared/alert-view.tsx'
import { RoleName } from '../shared/certificate-card.tsx'
import { Choice } from '../shared/choice.tsx'
import { Hold } from '../shared/hold.tsx'
import { messages as shared } from '../shared/messages.ts'
import { usePeople } from '../shared/people.ts'
import { kindOfRole, mayCosign } from '../shared/role-kinds.ts'
import type { Entry } from './entry.ts'
import { messages } from './messages.ts'

/** Who asks, in which role, and why. */
function Asker({ request }: Pick<Entry, 'request'>) {
  const text = useText(messages)
  const words = useText(shared)
  const { format } = useLanguage()
  const { nameOf } = usePeople()
  const now = useNow()
  const { content, requested_at, reason } = request
  return (
    <div>
      <Text fw={700}>
        <BidiText>{text.from(nameOf(content.publisher) ?? words.unknownPerson)}</BidiText>{' '}
        <span className={classes.mono}>{displayNodeId(content.publisher)}</span>
      </Text>
      <Text>
        <RoleName role={content.publisher_role} />
      </Text>
      <Text size="sm" c="dimmed">
        {text.asked(format.relative(requested_at, now))}
      </Text>
      {reason === undefined || reason === '' ? null : (
        <Text>
          <BidiText>{text.reason(reason)}</BidiText>
        </Text>
      )}
    </div>
  )
}

/** The certificates of this person that may countersign an alert of that severity for that region. */
function useFitting({ content }: Entry['request']) {
  const wallet = useQuery(walletGet, {})
  const own = wallet.status === 'ready' ? wallet.data.own : []
  return own.filter((record) => {
    const cap = kindOfRole(record.certificate.role)?.cap ?? null
    const isLoud = cap !== null && severityRank(cap) >= severityRank(content.severity)
    return mayCosign(record) && isLoud && within(content.target.region, record.certificate.region)
  })
}

/** A request to this person: the whole alert, who asks, and the two answers (CIV-4). */
export function RequestIn({ entry }: { readonly entry: Entry }) {
  const text = useText(messages)
  const { request, state, text: code } = entry
  const { content } = request
  const fitting = useFitting(request)
  const answer = useCall(cosignAnswer)
  const preview = useQuery(alertPreview, { draft: draftOfContent(content) }, { enabled: state === 'waiting' })
  const [chosen, setChosen] = useState<CertId | null>(null)
  const [sent, setSent] = useState<Output<typeof cosignAnswer> | null>(null)
  const cert = chosen ?? (fitting.length === 1 ? (fitting[0]?.certificate.cert_id ?? null) : null)

  const give = async (sign: boolean) => {
    const cert_id = cert ?? fitting[0]?.certificate.cert_id ?? content.publisher_cert
    setSent((await answer.run({ request_id: request.request_id, cert_id, sign })) ?? null)
  }
  return (
    <Stack gap="md">
      <Asker request={request} />
      <AlertView alert={content} by={<RoleName role={content.publisher_role} />} />
      {preview.status === 'ready' ? <Reach preview={preview.data} /> : null}
      {state === 'waiting' ? (
        <>
          {fitting.length === 0 ? <Text role="alert">{text.noneFits}</Text> : null}
          {fitting.length > 1 ? (
            <Choice
              legend={text.as}
              value={cert}
              onChange={setChosen}
              options={fitting.map(({ certificate }) => ({
                value: certificate.cert_id,
                name: <BidiText>{certificate.title}</BidiText>,
                note: <RoleName role={certificate.role} />,
              }))}
            />
          ) : null}
          {answer.error ? <ErrorNotice error={answer.error} /> : null}
          <Hold
            label={content.drill ? text.signDrill : text.sign}
            icon={<IconSignature size={32} aria-hidden />}
            disabled={cert === null || answer.busy}
            onHeld={() => give(true)}
          />
          <Hold
            label={text.decline}
            icon={<IconX size={32} aria-hidden />}
            disabled={answer.busy}
            tone="quiet"
            onHeld={() => give(false)}
          />
        </>
      ) : (
        <Text fw={600} role="status">
          {text.answered[state]}
        </Text>
      )}
      {sent ? (
        <Stack gap="sm">
          <Text role="status">{sent.delivered ? text.deliveredBack : text.codeBack}</Text>
          {sent.delivered ? null : <CodeToShow big text={sent.text} />}
        </Stack>
      ) : null}
      {code === null || sent?.delivered === false ? null : (
        <details>
          <summary className={classes.summary}>{text.codeAgain.answer}</summary>
          <CodeToShow big text={code} />
        </details>
      )}
    </Stack>
  )
}
