import { Text } from '@mantine/core'
import type { Claim } from '#protocol/evidence/events.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { messages } from '../messages.ts'
import { SourcePlace } from '../source-list.tsx'

/** What would be said, before anybody says it. */
export function StatementText({
  statement,
}: {
  readonly statement: Pick<Claim, 'subject' | 'predicate' | 'object' | 'sources'>
}) {
  const { claim, marks: text } = useText(messages)
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
      {statement.sources.map((source) => (
        <Text key={source.source_id} size="sm" component="div">
          <SourcePlace source={source} />
          {source.excerpt === undefined ? null : (
            <blockquote className={classes.quote} aria-label={claim.excerpt}>
              <BidiText>{source.excerpt}</BidiText>
            </blockquote>
          )}
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
