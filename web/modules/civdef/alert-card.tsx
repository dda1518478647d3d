import { IconBarrierBlock, IconBuildingBank, IconChecks, IconClockQuestion, IconHelpCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Decision, Mark } from '#protocol/civdef/decision.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useFormat, useLanguage, useText } from '../../kit/i18n.tsx'
import classes from './civdef.module.css'
import { SeverityMark } from './desk/shared/severity-mark.tsx'
import { messages } from './messages.ts'
import { alertPath } from './paths.ts'
import { stateAt, toldOf, wordsIn } from './told.ts'
import { useRegionNames } from './use-region-names.ts'

const MARK_ICONS = {
  drill: IconBarrierBlock,
  foreign_role: IconHelpCircle,
  mirror: IconBuildingBank,
  clock: IconClockQuestion,
} as const satisfies Record<Mark, unknown>

/** What is said beside an alert: each with a shape of its own and in words. */
export function AlertMarks({ marks }: { readonly marks: readonly Mark[] }) {
  const text = useText(messages).marks
  return marks.map((mark) => {
    const Icon = MARK_ICONS[mark]
    return (
      <span key={mark} className={classes.tag} data-mark={mark}>
        <Icon size={20} aria-hidden />
        {text[mark]}
      </span>
    )
  })
}

/** Places named in one line; a Land has 396. */
const SHOWN_PLACES = 3

export function usePlaceWords(regions: readonly string[]): string {
  const text = useText(messages)
  const nameOf = useRegionNames(regions.slice(0, SHOWN_PLACES))
  const named = regions.slice(0, SHOWN_PLACES).map(nameOf).join(', ')
  const more = regions.length - SHOWN_PLACES
  return more > 0 ? `${named} ${text.more(more)}` : named
}

export interface AlertCardProps {
  readonly record: AlertRecord
  readonly decision: Decision | undefined
  /** ms since 1970. */
  readonly now: number
  /** What is said below it, for instance why it is not shown. */
  readonly children?: ReactNode
}

/** One alert in a list: how bad, what, where, until when. */
export function AlertCard({ record, decision, now, children }: AlertCardProps) {
  const text = useText(messages)
  const format = useFormat()
  const { language } = useLanguage()
  const told = toldOf(record)
  const words = wordsIn(told.words, language)
  const state = stateAt(record, now)
  const places = usePlaceWords(told.regions)
  const isRefused = decision?.delivery === 'refuse'
  const isAllClear = state === 'cancelled' && record.cancellation?.all_clear === true
  // what a mirror and a drill are is in the record itself: it is said before the decision has been asked for
  const marks = decision?.marks ?? [
    ...(record.mirror ? (['mirror'] as const) : []),
    ...(told.drill ? (['drill'] as const) : []),
  ]
  return (
    <li
      className={classes.card}
      data-severity={told.severity}
      data-drill={told.drill || undefined}
      data-state={state}
      data-refused={isRefused || undefined}
    >
      <Link href={alertPath(record.key)} className={classes.cardLink}>
        <span className={classes.cardMarks}>
          <SeverityMark severity={told.severity} alleged={isRefused} />
          <AlertMarks marks={marks} />
        </span>
        <span className={classes.cardTitle} lang={words.language}>
          <BidiText>{told.drill ? text.drillTitle(words.title) : words.title}</BidiText>
        </span>
        <span className={classes.cardMeta}>
          {isRefused ? null : state === 'active' ? (
            <span>{text.until(format.dateTime(told.until), format.relative(told.until, now))}</span>
          ) : (
            <strong className={classes.cardEnd}>
              {isAllClear ? <IconChecks size={20} aria-hidden /> : null}
              {isAllClear ? text.allClear : text.states[state]}
            </strong>
          )}
          {places === '' ? null : <span>{text.forPlaces(places)}</span>}
          <span>{text.sent(format.dateTime(told.from))}</span>
        </span>
      </Link>
      {children ? <div className={classes.cardMore}>{children}</div> : null}
    </li>
  )
}
