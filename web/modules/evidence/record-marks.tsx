import { IconArrowBackUp, IconBuildingBank, IconClockOff, IconTestPipe } from '@tabler/icons-react'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import classes from './evidence.module.css'
import { messages } from './messages.ts'

/** What else has to be known of a claim beside its level, each as a shape and a word. */
export function RecordMarks({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages).marks
  return (
    <>
      {record.retracted ? (
        <span className={classes.mark}>
          <IconArrowBackUp size={18} aria-hidden />
          {text.retracted}
        </span>
      ) : null}
      {record.stale ? (
        <span className={classes.mark}>
          <IconClockOff size={18} aria-hidden />
          {text.stale}
        </span>
      ) : null}
      {record.origin === 'hub' ? (
        <span className={classes.mark}>
          <IconBuildingBank size={18} aria-hidden />
          {text.hub}
        </span>
      ) : null}
      {record.origin === 'sample' ? (
        <span className={classes.mark}>
          <IconTestPipe size={18} aria-hidden />
          {text.sample}
        </span>
      ) : null}
    </>
  )
}

/** How many vouch, object and are cited. */
export function RecordCounts({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages).marks
  const { language } = useLanguage()
  const sources = record.claim.sources.length
  return (
    <>
      <span>{plural(language, sources, text.sources)}</span>
      {record.attestations === 0 ? null : <span>{plural(language, record.attestations, text.attestations)}</span>}
      {record.disputes === 0 ? null : <span>{plural(language, record.disputes, text.disputes)}</span>}
    </>
  )
}
