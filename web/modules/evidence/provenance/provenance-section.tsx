import { Stack, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import type { ClaimId } from '#protocol/core/ids.ts'
import { provenanceTrace } from '#protocol/evidence/capabilities.ts'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { provenanceGraph, type Trace } from './graph.ts'
import { Legend } from './legend.tsx'
import { messages } from './messages.ts'
import classes from './picture.module.css'
import { ProvenancePicture } from './picture.tsx'
import { ProvenanceSteps } from './steps.tsx'

function Traced({ trace, id }: { readonly trace: Trace; readonly id: ClaimId }) {
  const text = useText(messages)
  const { language, format } = useLanguage()
  const { ref, width } = useElementSize()
  const graph = provenanceGraph(trace, id)
  const shown = new Set(graph.layers.flat().map(({ kind }) => kind))
  const standing = trace.disputes.filter(({ retracted }) => !retracted)
  const label = text.picture(
    format.number(trace.claims.length),
    format.number(trace.attestations.length),
    format.number(standing.length),
    format.number(trace.sources.length),
  )
  return (
    <Stack gap="md">
      <div ref={ref}>{width > 0 ? <ProvenancePicture graph={graph} width={Math.max(width, 260)} label={label} /> : null}</div>
      <Legend shown={shown} />
      {trace.cyclic.length === 0 ? null : <Text>{text.cyclicHint}</Text>}
      {trace.truncated ? <Text c="dimmed">{text.truncated}</Text> : null}
      {graph.left === 0 ? null : <Text c="dimmed">{plural(language, graph.left, text.left)}</Text>}
      <details>
        <summary className={classes.summary}>{text.asList}</summary>
        <ProvenanceSteps trace={trace} />
      </details>
    </Stack>
  )
}

/** Where a claim comes from, as a picture and as a list (EVI-5). */
export function ProvenanceSection({ claimId }: { readonly claimId: ClaimId }) {
  const text = useText(messages)
  const query = useQuery(provenanceTrace, { claim_id: claimId })
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={query} rows={6}>
        {(trace) => <Traced trace={trace} id={claimId} />}
      </QueryView>
    </Section>
  )
}
