import { Text } from '@mantine/core'
import type { Alert } from '#protocol/civdef/alert.ts'
import type { alertGet } from '#protocol/civdef/capabilities.ts'
import type { Decision } from '#protocol/civdef/decision.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { messages as shared } from '../desk/shared/messages.ts'
import { regionOfRole, roleWords } from '../regions.ts'
import { useRegionNames } from '../use-region-names.ts'
import classes from './alert.module.css'
import { messages } from './messages.ts'

type Found = Output<typeof alertGet>

function useRoleWords(roles: readonly string[]): (role: string) => string {
  const { language } = useLanguage()
  const nameOf = useRegionNames(roles.map(regionOfRole))
  return (role) => roleWords(role, language, nameOf)
}

/** By whom the holder's certificate was issued, up to the authority that people here trust. */
function Chain({ certificates }: { readonly certificates: readonly CertificateRecord[] }) {
  const text = useText(messages)
  const roleIn = useRoleWords(certificates.map(({ certificate }) => certificate.role))
  const root = certificates.at(-1)?.root_name ?? ''
  return (
    <ul className={classes.chain}>
      {certificates.slice(1).map(({ certificate }) => (
        <li key={certificate.cert_id}>
          <BidiText>{certificate.title}</BidiText> ({roleIn(certificate.role)})
        </li>
      ))}
      <li>
        <BidiText>{root === '' ? text.noRoot : text.root(root)}</BidiText>
      </li>
    </ul>
  )
}

interface OwnProps {
  readonly alert: Alert
  readonly found: Found
  readonly cosignedBy: string | undefined
}

function OwnPublisher({ alert, found, cosignedBy }: OwnProps) {
  const text = useText(messages)
  const states = useText(shared).certStates
  const roleIn = useRoleWords([alert.publisher_role])
  const [own] = found.certificates
  const { path } = found.record
  return (
    <dl className={classes.facts}>
      <dt>{text.role}</dt>
      <dd>
        <strong>{roleIn(alert.publisher_role)}</strong>
      </dd>
      <dt>{text.title}</dt>
      <dd>
        {own ? <BidiText>{own.certificate.title}</BidiText> : text.noCertificate}
        {own ? (
          <div>
            <StatusDot status={own.state === 'good' ? 'good' : 'bad'}>{states[own.state]}</StatusDot>
          </div>
        ) : null}
      </dd>
      {own ? (
        <>
          <dt>{text.chain}</dt>
          <dd>
            <Chain certificates={found.certificates} />
          </dd>
        </>
      ) : null}
      {cosignedBy === undefined ? null : (
        <>
          <dt>{text.cosigned}</dt>
          <dd>
            <BidiText>{cosignedBy}</BidiText>
          </dd>
        </>
      )}
      {path.length === 0 ? null : (
        <>
          <dt>{text.path}</dt>
          <dd>{text.communities(path.length)}</dd>
        </>
      )}
      <dt>{text.fingerprint}</dt>
      <dd className={classes.fingerprint}>{displayNodeId(alert.publisher)}</dd>
    </dl>
  )
}

function MirrorSource({ mirror }: { readonly mirror: Mirror }) {
  const text = useText(messages)
  return (
    <dl className={classes.facts}>
      <dt>{text.sender}</dt>
      <dd>
        <BidiText>{mirror.sender_name || mirror.sender}</BidiText>
        {mirror.sender_name ? (
          <Text size="sm" c="dimmed">
            <BidiText>{mirror.sender}</BidiText>
          </Text>
        ) : null}
      </dd>
      <dt>{text.identifier}</dt>
      <dd className={classes.fingerprint}>
        <BidiText>{mirror.correlation_id}</BidiText>
      </dd>
      <dt>{text.format}</dt>
      <dd>{mirror.format === 'cap' ? 'CAP 1.2' : 'NINA / MoWaS'}</dd>
    </dl>
  )
}

interface PublisherProps {
  readonly found: Found
  readonly decision: Decision | undefined
}

/** Who says it, and what that rests on: role in words, certificate, issuers, root (CIV-1, CIV-7). */
export function PublisherSection({ found, decision }: PublisherProps) {
  const text = useText(messages)
  const { alert, mirror } = found.record
  const cosignedBy = decision?.reasons.find(({ rule, code }) => rule === 'cosignature' && code === 'cosigned')?.detail.by
  return (
    <Section title={mirror ? text.mirrorOf : text.by}>
      {alert ? <OwnPublisher alert={alert} found={found} cosignedBy={cosignedBy} /> : null}
      {mirror ? <MirrorSource mirror={mirror} /> : null}
    </Section>
  )
}
