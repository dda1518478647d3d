import { Button } from '@mantine/core'
import { IconChecks, IconCircleOff } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { type Notice, noticeList } from '#protocol/civdef/notice-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useQuery } from '../../../port/hooks.ts'
import { AlertCard } from '../alert-card.tsx'
import classes from '../civdef.module.css'
import { SEVERITY_ICONS } from '../desk/shared/severity-mark.tsx'
import { ALERTS, alertPath } from '../paths.ts'
import { sorted } from '../told.ts'
import { useDecisions } from '../use-decisions.ts'
import { messages } from './messages.ts'
import { noticeTitle } from './notification.ts'
import { markRead, useRead } from './read.ts'
import { unread } from './unread.ts'

/** Cards on the first page; the list has the rest. */
const SHOWN = 3

/** What is active stands first on the first page, read or not. */
function ActiveNow() {
  const text = useText(messages).banner
  const now = useNow()
  const query = useQuery(alertList, { state: 'active', limit: 50 })
  const records = query.status === 'ready' ? query.data.alerts : []
  const decisionOf = useDecisions(records.map(({ key }) => key))
  const asked = records.filter(({ key }) => decisionOf(key))
  const active = sorted(asked, (key) => decisionOf(key)?.delivery, now).now
  if (active.length === 0) return null
  return (
    <div className={classes.home}>
      <Section title={text.nowTitle}>
        <ul className={classes.cards} aria-label={text.nowTitle}>
          {active.slice(0, SHOWN).map((record) => (
            <AlertCard key={record.key} record={record} decision={decisionOf(record.key)} now={now} />
          ))}
        </ul>
        {active.length > SHOWN ? (
          <Button component={Link} href={ALERTS} variant="default">
            {`${text.all} (${active.length})`}
          </Button>
        ) : null}
      </Section>
    </div>
  )
}

const isEnd = ({ kind }: Notice): boolean => kind === 'all_clear' || kind === 'cancelled' || kind === 'withdrawn'

function NoticeIcon({ notice }: { readonly notice: Notice }) {
  if (isEnd(notice))
    return notice.kind === 'all_clear' ? <IconChecks size={28} aria-hidden /> : <IconCircleOff size={28} aria-hidden />
  const Icon = SEVERITY_ICONS[notice.severity]
  return <Icon size={28} aria-hidden />
}

/** What came and was not read stays above every page until somebody reads it. */
function Unread({ notices }: { readonly notices: readonly Notice[] }) {
  const text = useText(messages).banner
  const { language } = useLanguage()
  const [first, ...rest] = notices
  if (!first) return null
  return (
    <section
      className={classes.banner}
      aria-label={text.label}
      data-severity={isEnd(first) ? undefined : first.severity}
      data-drill={first.drill || undefined}
    >
      <p className={classes.bannerWords} role="status">
        <NoticeIcon notice={first} />
        <span>
          <strong>
            <BidiText>{noticeTitle(first, language)}</BidiText>
          </strong>
          {rest.length > 0 ? <span className={classes.bannerMore}>{text.more(rest.length)}</span> : null}
        </span>
      </p>
      <div className={classes.bannerActions}>
        <Button component={Link} href={rest.length > 0 ? ALERTS : alertPath(first.key)}>
          {rest.length > 0 ? text.all : text.open}
        </Button>
        <Button variant="default" onClick={() => markRead([first.revision])}>
          {text.read}
        </Button>
      </div>
    </section>
  )
}

/** What holds on every screen: alerts that are active or were not read (CIV-8). */
export function AlertBanner() {
  const query = useQuery(noticeList, {})
  const read = useRead()
  const [path] = useLocation()
  const notices = query.status === 'ready' ? query.data.notices : []
  const open = unread(notices, read)
  if (path === '/')
    return (
      <>
        {open.some(isEnd) ? <Unread notices={open.filter(isEnd)} /> : null}
        <ActiveNow />
      </>
    )
  return path === ALERTS || path.startsWith(`${ALERTS}/`) ? null : <Unread notices={open} />
}
