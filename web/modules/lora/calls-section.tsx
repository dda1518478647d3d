import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { Call } from './everywhere/call.tsx'
import { openPanics, panicKey } from './everywhere/panics.ts'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import type { LoraStatus } from './status.ts'

/** Written out at once; senders that somebody made up must not bury the rest of the page. */
const SHOWN = 3

interface CallsSectionProps {
  readonly status: LoraStatus
  /** ms since 1970 */
  readonly now: number
}

/** Calls for help that have not ended, also those that were seen: whoever helps comes back to look (LOR-4). */
export function CallsSection({ status: { panics, stick }, now }: CallsSectionProps) {
  const text = useText(messages).calls
  const open = openPanics(panics)
  if (open.length === 0) return null
  const list = (of: readonly PanicRecord[]): ReactNode => (
    <Stack gap="md">
      {of.map((panic) => (
        <Call key={panicKey(panic)} panic={panic} now={now} simulated={stick.simulated} />
      ))}
    </Stack>
  )
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        {list(open.slice(0, SHOWN))}
        {open.length > SHOWN ? (
          <details>
            <summary className={classes.summary}>
              <Text span>{text.more(open.length - SHOWN)}</Text>
            </summary>
            {list(open.slice(SHOWN))}
          </details>
        ) : null}
      </Stack>
    </Section>
  )
}
