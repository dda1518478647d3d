import { Button, Stack, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { type sampleGet, sampleRemove } from '#protocol/evidence/desk-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { type QueryState, useCall } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { subjectPath } from '../paths.ts'
import { messages } from './messages.ts'
import { SampleButton } from './sample-button.tsx'

function Loaded({ sample }: { readonly sample: Output<typeof sampleGet> }) {
  const text = useText(messages).sample
  const { language } = useLanguage()
  const remove = useCall(sampleRemove)
  return (
    <Stack gap="sm" align="flex-start">
      <Text role="status">{plural(language, sample.claims, text.loaded)}</Text>
      <ul className={classes.plainList}>
        {sample.subjects.map((subject) => (
          <li key={subject}>
            <Link href={subjectPath(subject)} className={classes.external}>
              <BidiText>{subject}</BidiText>
            </Link>
          </li>
        ))}
      </ul>
      <Button variant="default" onClick={() => remove.run({})} loading={remove.busy}>
        {text.remove}
      </Button>
      {remove.error ? <ErrorNotice error={remove.error} /> : null}
    </Stack>
  )
}

/** Examples to look around in; removed, nothing of them is left. */
export function SampleSection({ query }: { readonly query: QueryState<Output<typeof sampleGet>> }) {
  const text = useText(messages).sample
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={query}>{(sample) => (sample.loaded ? <Loaded sample={sample} /> : <SampleButton />)}</QueryView>
    </Section>
  )
}
