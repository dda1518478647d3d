import { Anchor } from '@mantine/core'
import {
  IconBarrierBlock,
  IconBuildingBank,
  IconChecks,
  IconCircleOff,
  IconClockOff,
  IconClockQuestion,
  IconHelpCircle,
  IconReplace,
  IconShieldX,
} from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { Link } from 'wouter'
import type { Decision } from '#protocol/civdef/decision.ts'
import type { AlertRecord } from '#protocol/civdef/records.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useText } from '../../../kit/i18n.tsx'
import classes from '../civdef.module.css'
import { alertPath } from '../paths.ts'
import { stateAt, toldOf } from '../told.ts'
import { messages } from './messages.ts'

interface StripProps {
  readonly icon: ComponentType<{ readonly size?: number | string }>
  readonly kind?: 'drill' | 'good' | 'bad'
  readonly children: ReactNode
}

function Strip({ icon: Icon, kind, children }: StripProps) {
  return (
    <div className={classes.strip} data-kind={kind} role="note">
      <Icon size={28} aria-hidden />
      <div className={classes.stripWords}>{children}</div>
    </div>
  )
}

/** How an alert ended, if it did: all-clear, taken back, replaced, expired (CIV-8). */
function EndStrip({ record, now }: { readonly record: AlertRecord; readonly now: number }) {
  const text = useText(messages)
  const state = stateAt(record, now)
  const { cancellation, replaced_by } = record
  if (state === 'expired') return <Strip icon={IconClockOff}>{text.ends.expired}</Strip>
  if (state === 'replaced') {
    return (
      <Strip icon={IconReplace}>
        {text.ends.replaced}
        {replaced_by ? (
          <Anchor component={Link} href={alertPath(replaced_by)} className={classes.more}>
            {text.toNewer}
          </Anchor>
        ) : null}
      </Strip>
    )
  }
  if (state !== 'cancelled') return null
  const isAllClear = cancellation?.all_clear === true
  return (
    <Strip icon={isAllClear ? IconChecks : IconCircleOff} kind={isAllClear ? 'good' : 'bad'}>
      <strong>{isAllClear ? text.ends.all_clear : text.ends.cancelled}</strong>
      {cancellation ? <BidiText>{text.reason(cancellation.reason)}</BidiText> : null}
    </Strip>
  )
}

interface StripsProps {
  readonly record: AlertRecord
  readonly decision: Decision | undefined
  /** ms since 1970. */
  readonly now: number
}

/** Everything that must be known before an alert is read: that it is not believed, it is over, a drill, a copy, of a role unknown here. */
export function Strips({ record, decision, now }: StripsProps) {
  const text = useText(messages)
  const { mirror } = record
  return (
    <>
      {decision?.delivery === 'refuse' ? (
        <Strip icon={IconShieldX} kind="bad">
          <strong>{text.refusedBanner}</strong>
          {text.refusedWhy}
        </Strip>
      ) : null}
      {toldOf(record).drill ? (
        <Strip icon={IconBarrierBlock} kind="drill">
          {text.drillBanner}
        </Strip>
      ) : null}
      <EndStrip record={record} now={now} />
      {mirror ? (
        <Strip icon={IconBuildingBank}>
          <BidiText>{text.mirrorBanner(mirror.sender_name || mirror.sender)}</BidiText>
        </Strip>
      ) : null}
      {decision?.marks.includes('foreign_role') ? <Strip icon={IconHelpCircle}>{text.foreignBanner}</Strip> : null}
      {decision?.marks.includes('clock') ? <Strip icon={IconClockQuestion}>{text.clockBanner}</Strip> : null}
    </>
  )
}
