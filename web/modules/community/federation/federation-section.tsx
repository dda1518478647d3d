import { Stack, Text } from '@mantine/core'
import { useRef } from 'react'
import { federationList } from '#protocol/community/federation-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import rows from '../member-list.module.css'
import type { Community } from '../standing.ts'
import { Agreeing } from './agreeing.tsx'
import { messages } from './messages.ts'
import { PartnerRow } from './partner-row.tsx'
import { useStep } from './step.ts'

/** Agreements with other communities: what is granted, until when, and whether they are in reach. */
export function FederationSection({ community }: { readonly community: Community }) {
  const text = useText(messages)
  const query = useQuery(federationList, {})
  const isAnchor = community.my_level === 'anchor'
  const list = useRef<HTMLDivElement>(null)
  const [step, go] = useStep(community.community_id)
  const onEnded = (): void => {
    // that it holds now is true no longer
    if (step.at === 'show' && step.stage === 'agreement') go({ at: 'rest', kept: false })
  }
  // who is about to make the first one need not read that there is none
  const none = isAnchor && step.at !== 'rest' ? null : <Text>{text.none}</Text>
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        <div ref={list} tabIndex={-1}>
          <QueryView query={query} rows={2} isEmpty={({ partners }) => partners.length === 0} empty={none}>
            {({ partners }) => (
              <ul className={rows.list} aria-label={text.list}>
                {partners.map((partner) => (
                  <PartnerRow key={partner.manifest_id} partner={partner} mayEnd={isAnchor} onEnded={onEnded} list={list} />
                ))}
              </ul>
            )}
          </QueryView>
        </div>
        {isAnchor ? <Agreeing step={step} go={go} /> : <Text size="sm">{text.anchorsOnly}</Text>}
      </Stack>
    </Section>
  )
}
