import { Button, Stack, Text, Textarea } from '@mantine/core'
import { IconId, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { roleList, roleRevoke } from '#protocol/civdef/capabilities.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import { Empty } from '../../../../kit/empty.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { WALLET } from '../paths.ts'
import { CertificateCard } from '../shared/certificate-card.tsx'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { Hold } from '../shared/hold.tsx'
import { useMe } from '../shared/people.ts'
import { messages } from './messages.ts'

/** Takes a certificate back, with the reason that everybody reads (CIV-2). */
function Revoke({ record }: { readonly record: CertificateRecord }) {
  const text = useText(messages).holders
  const revoke = useCall(roleRevoke)
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  const send = () => {
    const words = reason.normalize('NFC').replace(/\s+/g, ' ').trim()
    setMissing(words === '')
    if (words !== '') void revoke.run({ cert_id: record.certificate.cert_id, reason: words })
  }
  if (!isOpen) {
    return (
      <Button variant="light" color="bad" className={classes.wide} onClick={() => setOpen(true)}>
        {text.revoke}
      </Button>
    )
  }
  return (
    <Stack gap="sm">
      <Text>{text.revokeNote}</Text>
      <Textarea
        label={text.reason}
        value={reason}
        onChange={(event) => {
          setMissing(false)
          setReason(event.currentTarget.value)
        }}
        error={isMissing ? text.reasonMissing : null}
        maxLength={280}
        autosize
        minRows={2}
      />
      {revoke.error ? <ErrorNotice error={revoke.error} /> : null}
      <Hold label={text.revokeNow} icon={<IconTrash size={32} aria-hidden />} disabled={revoke.busy} onHeld={send} />
    </Stack>
  )
}

/** Everybody's certificates, those about to end first; whoever issued one takes it back here. */
export function HoldersPage() {
  const text = useText(messages).holders
  const { language } = useLanguage()
  const me = useMe()
  const [onlyGood, setOnlyGood] = useState(true)
  const query = useQuery(roleList, { only_good: onlyGood, limit: 500 })
  return (
    <DeskFrame title={text.title} intro={text.intro} back={WALLET} query={query}>
      {({ certificates, total }) => {
        const own = new Set(certificates.flatMap(({ certificate }) => (certificate.holder === me ? certificate.cert_id : [])))
        // whoever issued it, or stands above it in its chain; the node decides
        const mayRevoke = ({ certificate, state }: CertificateRecord): boolean =>
          state !== 'revoked' && (certificate.issuer === me || certificate.issuer_chain.some((id) => own.has(id)))
        return (
          <Stack gap="md">
            <label className={classes.choice}>
              <input type="checkbox" checked={onlyGood} onChange={() => setOnlyGood(!onlyGood)} />
              <span className={classes.choiceName}>{text.onlyGood}</span>
            </label>
            <Text role="status">{plural(language, total, text.count)}</Text>
            {certificates.length === 0 ? <Empty icon={IconId}>{text.none}</Empty> : null}
            <ul className={classes.list} aria-label={text.title}>
              {certificates.map((record) => (
                <li key={record.certificate.cert_id} className={classes.card}>
                  <CertificateCard record={record} withHolder>
                    {mayRevoke(record) ? <Revoke record={record} /> : null}
                  </CertificateCard>
                </li>
              ))}
            </ul>
          </Stack>
        )
      }}
    </DeskFrame>
  )
}
