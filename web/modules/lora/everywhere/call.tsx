import { Stack, Text } from '@mantine/core'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { CERTAINTY_SHAPES, certaintyOfPanic } from '../certainty.ts'
import classes from '../lora.module.css'
import { messages as shared } from '../messages.ts'
import { signalOf, strengthOf } from '../signal.ts'
import { Who } from '../who.tsx'
import { messages } from './messages.ts'

interface CallProps {
  readonly panic: PanicRecord
  /** ms since 1970 */
  readonly now: number
  /** Whether this device hears a simulation: what comes over the network is real all the same. */
  readonly simulated: boolean
}

/** One call: who, how sure, since when, how it came (LOR-4). */
export function Call({ panic, now, simulated }: CallProps) {
  const text = useText(messages).notice
  const words = useText(shared)
  const format = useFormat()
  const certainty = certaintyOfPanic(panic)
  const signal = signalOf(panic)
  return (
    <Stack gap="xs" component="article" className={classes.call} data-sure={certainty === 'sure' ? 'yes' : 'no'}>
      {simulated && panic.via === 'radio' ? <Text fw={700}>{text.simulated}</Text> : null}
      <div className={classes.callName}>
        <Who sender={panic} certainty={certainty} />
      </div>
      <StatusDot status={CERTAINTY_SHAPES[certainty]}>{text.how[certainty]}</StatusDot>
      <Text>
        {text.since(format.time(panic.since), format.relative(panic.since, now))}
        {' · '}
        {panic.via === 'network' ? text.byNetwork : text.byRadio(panic.frames)}
        {signal ? ` · ${words.strengths[strengthOf(signal)]}` : null}
      </Text>
      {panic.over === 'said' ? <Text>{text.saidOver}</Text> : null}
    </Stack>
  )
}
