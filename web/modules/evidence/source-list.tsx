import { Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { Source } from '#protocol/evidence/events.ts'
import type { Voice } from '#protocol/evidence/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { observerName, sourceHref, sourceParts } from './terms.ts'

interface SourceProps {
  readonly source: Source
  /** Who names it, where that is one person. */
  readonly author?: Voice | undefined
}

/** Where the claim comes from: opened only when it is plainly a web address, and then shown in full. */
export function SourcePlace({ source, author }: SourceProps) {
  const text = useText(messages).claim
  const parts = sourceParts(source.source_id)
  const href = sourceHref(source.source_id)
  if (href) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer" title={text.opens} className={classes.external}>
        <span>{href}</span>
        <IconExternalLink size={18} aria-label={text.opens} style={{ flex: 'none' }} />
      </a>
    )
  }
  if (parts?.kind === 'node')
    return (
      <span>
        {visibleText(text.observedBy(parts.rest === author?.node_id ? author.display_name : observerName(parts.rest)))}
      </span>
    )
  return (
    <span className={classes.digest}>
      <BidiText>{source.source_id}</BidiText>
    </span>
  )
}

function SourceItem({ source, author }: SourceProps) {
  const text = useText(messages).claim
  const format = useFormat()
  const kind = sourceParts(source.source_id)?.kind ?? 'other'
  return (
    <li className={classes.source}>
      <Text fw={600}>{text.kinds[kind]}</Text>
      <SourcePlace source={source} author={author} />
      <Text size="sm" c="dimmed">
        {(kind === 'node' ? text.observed : text.accessed)(format.dateTime(source.accessed_at))}
        {kind === 'doc' ? `. ${text.docHint}` : null}
      </Text>
      {source.content_sha === undefined ? null : (
        <Text size="sm" component="div">
          {text.fingerprint}: <span className={classes.digest}>{source.content_sha}</span>
        </Text>
      )}
      {source.excerpt === undefined ? null : (
        <blockquote className={classes.quote} aria-label={text.excerpt}>
          <BidiText>{source.excerpt}</BidiText>
        </blockquote>
      )}
    </li>
  )
}

interface SourceListProps {
  readonly sources: readonly Source[]
  readonly author?: Voice
}

/** Everything a claim, or all that is said of a subject, rests on. */
export function SourceList({ sources, author }: SourceListProps) {
  const text = useText(messages).claim
  if (sources.length === 0) return <Text c="dimmed">{text.noSources}</Text>
  return (
    <ul className={classes.list}>
      {sources.map((source) => (
        <SourceItem key={`${source.source_id} ${source.accessed_at}`} source={source} author={author} />
      ))}
    </ul>
  )
}
