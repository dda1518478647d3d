import { Text } from '@mantine/core'
import type { Claim } from '#protocol/evidence/events.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { messages } from '../messages.ts'

/** What would be said, before anybody says it. */
export function StatementText({
  statement,
}: {
  readonly statement: Pick<Claim, 'subject' | 'predicate' | 'object' | 'sources'>
}) {
  const text = useText(messages).marks
  const { language } = useLanguage()
  return (
    <>
      <Text size="sm" c="dimmed">
        <BidiText>{statement.subject}</BidiText>
        {' · '}
        <BidiText>{statement.predicate}</BidiText>
      </Text>
      <Text fw={600} className={classes.whole}>
        <BidiText>{statement.object}</BidiText>
      </Text>
      {statement.sources.map(({ source_id, excerpt }) => (
        <Text key={source_id} size="sm">
          <BidiText>{excerpt === undefined ? source_id : `${source_id} „${excerpt}“`}</BidiText>
        </Text>
      ))}
      {statement.sources.length === 0 ? (
        <Text size="sm" c="dimmed">
          {plural(language, 0, text.sources)}
        </Text>
      ) : null}
    </>
  )
}
