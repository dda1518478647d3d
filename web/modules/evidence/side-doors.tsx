import { IconFileCheck, IconInbox, IconSettings } from '@tabler/icons-react'
import { Link } from 'wouter'
import { draftList, quarantineList } from '#protocol/evidence/desk-capabilities.ts'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { useQuery } from '../../port/hooks.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { CHECK, INBOX, OPTIONS } from './paths.ts'

/** What waits for this person. */
function useWaiting(): number {
  const drafts = useQuery(draftList, {})
  const held = useQuery(quarantineList, { limit: 1 })
  return (drafts.status === 'ready' ? drafts.data.drafts.length : 0) + (held.status === 'ready' ? held.data.total : 0)
}

/** The ways to what belongs to claims and is no claim yet: inbox, proofs, settings. */
export function SideDoors() {
  const text = useText(messages).doors
  const { language } = useLanguage()
  const waiting = useWaiting()
  return (
    <nav aria-label={text.label} className={classes.doors}>
      <Link href={INBOX} className={classes.external}>
        <IconInbox size={20} aria-hidden />
        {waiting === 0 ? text.inbox : plural(language, waiting, text.waiting)}
      </Link>
      <Link href={CHECK} className={classes.external}>
        <IconFileCheck size={20} aria-hidden />
        {text.check}
      </Link>
      <Link href={OPTIONS} className={classes.external}>
        <IconSettings size={20} aria-hidden />
        {text.options}
      </Link>
    </nav>
  )
}
