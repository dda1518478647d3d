import { Stack } from '@mantine/core'
import { Link, useParams } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimGet } from '#protocol/evidence/capabilities.ts'
import { CopyField } from '../../kit/copy-field.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { ClaimStatement } from './claim-statement.tsx'
import { Contradictions } from './contradiction.tsx'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { CLAIMS, claimIdIn, claimPath, subjectPath } from './paths.ts'
import { TakeAway } from './proof/take-away.tsx'
import { ProvenanceSection } from './provenance/provenance-section.tsx'
import { SourceList } from './source-list.tsx'
import { SwitchedOn } from './switched-on.tsx'
import { AttestationList } from './voices/attestation-list.tsx'
import { DisputeList } from './voices/dispute-list.tsx'

function Whole({ found }: { readonly found: Output<typeof claimGet> }) {
  const text = useText(messages).claim
  return (
    <Stack gap="lg">
      <ClaimStatement record={found} />
      <Contradictions advisories={found.advisories} />
      <Section title={text.attestedBy}>
        <AttestationList attestations={found.attested_by} total={found.attestations} />
      </Section>
      <Section title={text.disputedBy}>
        <DisputeList disputes={found.disputed_by} />
      </Section>
      <Section title={text.sources}>
        <SourceList sources={found.claim.sources} author={found.author} />
      </Section>
      <ProvenanceSection claimId={found.claim_id} />
      {found.children.length === 0 ? null : (
        <Section title={text.children}>
          <ul className={classes.plainList}>
            {found.children.map((child) => (
              <li key={child}>
                <Link href={claimPath(child)} className={classes.external}>
                  {text.derivedLink(child.slice(0, 8))}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <TakeAway of={{ claim_id: found.claim_id }} />
      <Section title={text.technical}>
        <CopyField label={text.claimId} value={found.claim_id} />
        <CopyField label={text.contentId} value={found.content_id} />
      </Section>
    </Stack>
  )
}

function Found({ id }: { readonly id: ClaimId }) {
  const text = useText(messages)
  const query = useQuery(claimGet, { claim_id: id })
  const subject = query.status === 'ready' ? query.data.claim.subject : null
  return (
    <Page
      title={subject === null ? text.title : visibleText(subject)}
      back={CLAIMS}
      intro={
        subject === null ? null : (
          <Link href={subjectPath(subject)} className={classes.external}>
            {text.claim.allAbout}
          </Link>
        )
      }
    >
      <SwitchedOn query={query} rows={8}>
        {(found) => <Whole found={found} />}
      </SwitchedOn>
    </Page>
  )
}

/** One claim with all that is known of it (EVI-1, EVI-3, EVI-5). */
export function ClaimPage() {
  const text = useText(messages)
  const { id } = useParams<{ id: string }>()
  const claimId = claimIdIn(id)
  if (claimId) return <Found key={claimId} id={claimId} />
  return (
    <Page title={text.title} back={CLAIMS}>
      <ErrorNotice error={new HearthError('claim_not_found', 'not a ClaimID')} />
    </Page>
  )
}
