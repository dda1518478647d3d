import { Text } from '@mantine/core'
import { recentBeacons } from '#protocol/lora/capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import { certaintyOf } from './certainty.ts'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import { signalOf, strengthOf } from './signal.ts'
import type { LoraStatus } from './status.ts'
import { CertaintyMark, useSaid, Who } from './who.tsx'

const SHOWN = 8

/** The last messages as they came, each with how sure it is, and what was not shown. */
export function BeaconsSection({ counts, queue }: Pick<LoraStatus, 'counts' | 'queue'>) {
  const text = useText(messages)
  const format = useFormat()
  const said = useSaid()
  const query = useQuery(recentBeacons, { limit: SHOWN })
  const aside = [
    counts.malformed > 0 ? text.beacons.malformed(counts.malformed) : null,
    counts.forged > 0 ? text.beacons.forged(counts.forged) : null,
    queue.dropped > 0 ? text.beacons.dropped(queue.dropped) : null,
  ].filter((line) => line !== null)
  return (
    <Section title={text.beacons.title}>
      <QueryView
        query={query}
        isEmpty={({ beacons }) => beacons.length === 0}
        empty={<Text c="dimmed">{text.beacons.empty}</Text>}
      >
        {({ beacons }) => (
          <ul className={classes.list} aria-label={text.beacons.list}>
            {beacons.map((beacon) => {
              const certainty = certaintyOf(beacon)
              const signal = signalOf(beacon)
              const words = said(beacon)
              return (
                <li key={`${beacon.beacon_id} ${beacon.heard_at}`} className={classes.beacon}>
                  <Text span className={classes.time}>
                    {format.time(beacon.heard_at)}
                  </Text>
                  <span className={classes.words}>
                    <Text span>
                      <Who sender={beacon} certainty={certainty} />
                      {words === '' || beacon.proof === 'proven' ? `: ${words || text.beacons.present}` : ` ${words}`}
                    </Text>
                    <span className={classes.meta}>
                      <CertaintyMark certainty={certainty} />
                      {signal ? <span>{text.strengths[strengthOf(signal)]}</span> : null}
                    </span>
                  </span>
                </li>
              )
            })}
          </ul>
        )}
      </QueryView>
      {aside.length > 0 ? (
        <Text size="sm" c="dimmed">
          {aside.join(' · ')}
        </Text>
      ) : null}
    </Section>
  )
}
