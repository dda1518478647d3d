import { Stack, Text, Textarea } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { Alert } from '#protocol/civdef/alert.ts'
import { alertCancel } from '#protocol/civdef/capabilities.ts'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import { Choice } from '../shared/choice.tsx'
import { Hold } from '../shared/hold.tsx'
import { useMe } from '../shared/people.ts'
import { messages } from './messages.ts'
import { mayEndUnder } from './standing.ts'

interface EndFormProps {
  readonly alert: Alert
  readonly certificates: ReturnType<typeof mayEndUnder>
}

function EndForm({ alert, certificates }: EndFormProps) {
  const text = useText(messages)
  const cancel = useCall(alertCancel)
  const [how, setHow] = useState<'clear' | 'wrong'>('clear')
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const own = certificates.find(({ certificate }) => certificate.cert_id === alert.publisher_cert) ?? certificates[0]
  const [chosen, setChosen] = useState<CertId | null>(null)
  const cert_id = chosen ?? own?.certificate.cert_id
  const end = () => {
    const words = reason.normalize('NFC').replace(/\s+/g, ' ').trim()
    setMissing(words === '')
    if (words === '' || cert_id === undefined) return
    void cancel.run({ alert_id: alert.alert_id, cert_id, reason: words, all_clear: how === 'clear' })
  }
  return (
    <Stack gap="md">
      <Choice
        legend={text.how}
        value={how}
        onChange={setHow}
        options={[
          { value: 'clear', name: text.allClear, note: text.allClearNote },
          { value: 'wrong', name: text.wrong, note: text.wrongNote },
        ]}
        pairs
      />
      {certificates.length > 1 ? (
        <Choice
          legend={text.as}
          value={cert_id ?? null}
          onChange={setChosen}
          options={certificates.map(({ certificate }) => ({
            value: certificate.cert_id,
            name: <BidiText>{certificate.title}</BidiText>,
          }))}
        />
      ) : null}
      <Textarea
        label={text.reason}
        value={reason}
        onChange={(event) => {
          setMissing(false)
          setReason(event.currentTarget.value)
        }}
        error={missing ? text.reasonMissing : null}
        maxLength={280}
        autosize
        minRows={2}
      />
      {cancel.error ? <ErrorNotice error={cancel.error} /> : null}
      <Hold label={text.endNow[how]} icon={<IconCircleCheck size={32} aria-hidden />} disabled={cancel.busy} onHeld={end} />
    </Stack>
  )
}

/** Ends an alert: the all-clear, or taking it back (CIV-10). */
export function EndSection({ alert }: { readonly alert: Alert }) {
  const text = useText(messages)
  const me = useMe()
  const wallet = useQuery(walletGet, {})
  return (
    <Section title={text.end} intro={text.endIntro}>
      <QueryView query={wallet}>
        {({ own }) => {
          const certificates = mayEndUnder(own, alert, me)
          return certificates.length === 0 ? <Text>{text.mayNot}</Text> : <EndForm alert={alert} certificates={certificates} />
        }}
      </QueryView>
    </Section>
  )
}
