import { Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Voice } from '#protocol/evidence/records.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { NodeBadge } from '../../kit/node-badge.tsx'
import classes from './evidence.module.css'
import { messages } from './messages.ts'

/** Trust in [0,1] as a person reads it: out of a hundred. */
export const trustOf100 = (trust: number): number => Math.round(trust * 100)

/** Somebody who says something: who they are, what the log makes of them, and what this person's own list says (EVI-4). */
export function VoiceLine({ voice }: { readonly voice: Voice }) {
  const text = useText(messages).voice
  const format = useFormat()
  const Arrow = voice.opinion === 'allowed' ? IconArrowUp : IconArrowDown
  return (
    <div>
      <NodeBadge
        nodeId={voice.node_id}
        name={voice.display_name || null}
        {...(voice.status === 'outside' ? {} : { level: voice.level })}
      />
      <Text size="sm" c="dimmed" className={classes.meta} component="div">
        <span title={text.trustHint}>{text.trust(format.number(trustOf100(voice.trust)))}</span>
        {voice.status === 'active' ? null : <span>{text.statuses[voice.status]}</span>}
        {voice.opinion === null ? null : (
          <span className={classes.mark}>
            <Arrow size={18} aria-hidden />
            {text.opinions[voice.opinion]}
          </span>
        )}
      </Text>
    </div>
  )
}
