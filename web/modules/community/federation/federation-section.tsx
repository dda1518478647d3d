import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { federationList, federationPropose } from '#protocol/community/federation-capabilities.ts'
import type { FederationStage } from '#protocol/protocol/federation-paper.ts'
import { CopyField } from '../../../kit/copy-field.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { QrCode } from '../../../kit/qr-code.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import rows from '../member-list.module.css'
import type { Community } from '../standing.ts'
import classes from './federation.module.css'
import { messages } from './messages.ts'
import { PartnerRow } from './partner-row.tsx'
import { ReadPaper } from './read-paper.tsx'
import { TermsForm } from './terms-form.tsx'

type Step =
  | { readonly at: 'rest'; readonly kept: boolean }
  | { readonly at: 'terms' }
  | { readonly at: 'read' }
  | { readonly at: 'show'; readonly text: string; readonly stage: FederationStage }

/** Three codes go to and fro between two anchors; each step says what comes next (FDR-1). */
function Agreeing() {
  const text = useText(messages)
  const propose = useCall(federationPropose)
  const [step, setStep] = useState<Step>({ at: 'rest', kept: false })
  const rest = () => setStep({ at: 'rest', kept: false })

  if (step.at === 'terms') {
    return (
      <Stack gap="md">
        <Text fw={650}>{text.terms.offer}</Text>
        <TermsForm
          kind="offer"
          busy={propose.busy}
          onTerms={async (grants, valid_seconds) => {
            const made = await propose.run({ grants, valid_seconds })
            if (made) setStep({ at: 'show', text: made.text, stage: 'offer' })
          }}
          onCancel={rest}
        />
        {propose.error ? <ErrorNotice error={propose.error} /> : null}
      </Stack>
    )
  }
  if (step.at === 'read') {
    return <ReadPaper onDone={(next) => setStep(next ? { at: 'show', ...next } : { at: 'rest', kept: true })} onCancel={rest} />
  }
  if (step.at === 'show') {
    return (
      <Stack gap="md">
        <Text role="status">{text.show[step.stage]}</Text>
        <div className={classes.code}>
          <QrCode value={step.text} label={text.show.qr} />
        </div>
        <CopyField label={text.show.text} value={step.text} oneLine />
        <Group gap="sm">
          {step.stage === 'agreement' ? null : <Button onClick={() => setStep({ at: 'read' })}>{text.show.next}</Button>}
          <Button variant="default" onClick={rest}>
            {text.show.done}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <Stack gap="sm">
      <Text role="status">{step.kept ? text.kept : null}</Text>
      <Group gap="sm">
        <Button variant="default" onClick={() => setStep({ at: 'terms' })}>
          {text.begin}
        </Button>
        <Button variant="default" onClick={() => setStep({ at: 'read' })}>
          {text.answer}
        </Button>
      </Group>
    </Stack>
  )
}

/** Agreements with other communities: what is granted, until when, and whether they are in reach. */
export function FederationSection({ community }: { readonly community: Community }) {
  const text = useText(messages)
  const query = useQuery(federationList, {})
  const isAnchor = community.my_level === 'anchor'
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        <QueryView query={query} rows={2} isEmpty={({ partners }) => partners.length === 0} empty={<Text>{text.none}</Text>}>
          {({ partners }) => (
            <ul className={rows.list} aria-label={text.list}>
              {partners.map((partner) => (
                <PartnerRow key={partner.manifest_id} partner={partner} mayEnd={isAnchor} />
              ))}
            </ul>
          )}
        </QueryView>
        {isAnchor ? <Agreeing /> : <Text size="sm">{text.anchorsOnly}</Text>}
      </Stack>
    </Section>
  )
}
