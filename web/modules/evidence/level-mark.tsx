import { IconCircleCheck, IconLink, IconLinkOff, IconScale, IconStack2 } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { EvidenceLevel } from '#protocol/evidence/records.ts'
import { useText } from '../../kit/i18n.tsx'
import classes from './evidence.module.css'
import { messages } from './messages.ts'

const LEVEL_ICONS: Record<EvidenceLevel, ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: boolean }>> = {
  unverified: IconLinkOff,
  cited: IconLink,
  cross_referenced: IconStack2,
  attested: IconCircleCheck,
  disputed: IconScale,
}

/** How well a claim is founded (EVI-3), as a shape and a word. */
export function LevelMark({ level }: { readonly level: EvidenceLevel }) {
  const text = useText(messages)
  const Icon = LEVEL_ICONS[level]
  return (
    <span className={classes.mark} data-level={level}>
      <Icon size={18} aria-hidden />
      {text.levels[level]}
    </span>
  )
}
