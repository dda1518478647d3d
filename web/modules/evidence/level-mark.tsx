import { IconCircleCheck, IconLink, IconLinkOff, IconScale, IconStack2 } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useText } from '../../kit/i18n.tsx'
import type { ClaimRecord } from './claim-filter.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'

type Level = ClaimRecord['level']

const ICONS: Record<Level, ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: boolean }>> = {
  unverified: IconLinkOff,
  cited: IconLink,
  cross_referenced: IconStack2,
  attested: IconCircleCheck,
  disputed: IconScale,
}

/** How well a claim is founded (EVI-3), as a shape and a word. */
export function LevelMark({ level }: { readonly level: Level }) {
  const text = useText(messages)
  const Icon = ICONS[level]
  return (
    <span className={classes.mark} data-level={level}>
      <Icon size={18} aria-hidden />
      {text.levels[level]}
    </span>
  )
}
