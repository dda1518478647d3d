import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'
import { useMe, usePeople } from './people.ts'
import { RegionName } from './region-name.tsx'
import { kindOfRole } from './role-kinds.ts'

/** What a role is called in the scheme of its Land; as it is written where the scheme does not know it. */
export function RoleName({ role }: { readonly role: string }) {
  const { language } = useLanguage()
  const kind = kindOfRole(role)
  return kind ? kind.title[language] : <bdi>{role}</bdi>
}

/** How much time is left, in words (CIV-3). */
function EndsIn({ days }: { readonly days: number }) {
  const text = useText(messages)
  const { language } = useLanguage()
  return (
    <StatusDot status="bad">
      <strong>{days <= 0 ? text.endsToday : plural(language, days, text.endsIn)}</strong>
    </StatusDot>
  )
}

export interface CertificateCardProps {
  readonly record: CertificateRecord
  /** Whose it is, where that is not plain. */
  readonly withHolder?: boolean
  readonly children?: ReactNode
}

/** A certificate as a person reads it: what it is called, whether it holds, for what, where and how long. */
export function CertificateCard({ record, withHolder = false, children }: CertificateCardProps) {
  const text = useText(messages)
  const { format } = useLanguage()
  const me = useMe()
  const { nameOf } = usePeople()
  const { certificate, state, root_name, revocation, expires_in_days } = record
  const person = (id: typeof certificate.holder) => (
    <>
      {id === me ? text.me : <BidiText>{nameOf(id) ?? text.unknownPerson}</BidiText>}{' '}
      <span className={classes.mono}>{displayNodeId(id)}</span>
    </>
  )
  return (
    <Stack gap="sm">
      <div>
        <Text fw={700} size="lg">
          <BidiText>{certificate.title}</BidiText>
        </Text>
        <StatusDot status={state === 'good' ? 'good' : state === 'not_yet' ? 'busy' : 'bad'}>
          {text.certStates[state]}
        </StatusDot>
      </div>
      {expires_in_days === null ? null : <EndsIn days={expires_in_days} />}
      {state === 'good' ? null : <Text>{text.certNotes[state]}</Text>}
      {revocation ? (
        <Text>
          <BidiText>{text.revokedBecause(revocation.reason)}</BidiText>
        </Text>
      ) : null}
      <dl className={classes.facts}>
        {withHolder ? (
          <>
            <dt>{text.facts.holder}</dt>
            <dd>{person(certificate.holder)}</dd>
          </>
        ) : null}
        <dt>{text.facts.role}</dt>
        <dd>
          <RoleName role={certificate.role} />
        </dd>
        <dt>{text.facts.region}</dt>
        <dd>
          <RegionName region={certificate.region} />
        </dd>
        <dt>{text.facts.scopes}</dt>
        <dd>{certificate.scopes.map((scope) => text.scopes[scope]).join(', ')}</dd>
        <dt>{text.facts.valid}</dt>
        <dd>{text.valid(format.date(certificate.issued_at), format.date(certificate.expires_at))}</dd>
        <dt>{text.facts.issuer}</dt>
        <dd>{person(certificate.issuer)}</dd>
        {root_name === '' ? null : (
          <>
            <dt>{text.facts.root}</dt>
            <dd>
              <BidiText>{root_name}</BidiText>
            </dd>
          </>
        )}
      </dl>
      {children}
    </Stack>
  )
}
