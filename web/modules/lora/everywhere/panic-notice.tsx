import { Text } from '@mantine/core'
import { IconHelpTriangle, IconSos } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { loraStatus } from '#protocol/lora/capabilities.ts'
import type { PanicRecord } from '#protocol/lora/records.ts'
import { useText } from '../../../kit/i18n.tsx'
import { UrgentAction, UrgentNotice } from '../../../kit/urgent-notice.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useQuery } from '../../../port/hooks.ts'
import { certaintyOfPanic } from '../certainty.ts'
import { LORA } from '../paths.ts'
import { useWho } from '../who.tsx'
import { Call } from './call.tsx'
import { messages } from './messages.ts'
import { alarmFor, panicKey, type SeenCall, seenCall, urgentPanics, withoutEnded } from './panics.ts'
import { rememberSeen, useSeen } from './seen.ts'
import { useBattery } from './use-battery.ts'

/** Calls written out; more than these nobody takes in at once. */
const SHOWN = 3
const TICK_MS = 10_000

interface CallsProps {
  /** What has been seen before. */
  readonly known: readonly SeenCall[]
  readonly urgent: readonly PanicRecord[]
  readonly simulated: boolean
}

function Calls({ known, urgent, simulated }: CallsProps) {
  const text = useText(messages).notice
  const now = useNow(TICK_MS)
  const who = useWho()
  const [, navigate] = useLocation()
  const [first] = urgent
  if (!first) return null
  const anySure = urgent.some((panic) => certaintyOfPanic(panic) === 'sure')
  const one = anySure ? text.one(who(first, 'sure')) : text.oneUnsure
  const many = anySure ? text.many(urgent.length) : text.manyUnsure(urgent.length)
  const seen = () => rememberSeen([...known, ...urgent.map(seenCall)])
  return (
    <UrgentNotice
      title={urgent.length === 1 ? one : many}
      icon={anySure ? IconSos : IconHelpTriangle}
      tone={anySure ? 'bad' : 'warn'}
      alarm={alarmFor(urgent)}
      actions={
        <>
          <UrgentAction first onClick={seen}>
            {text.seen}
          </UrgentAction>
          <UrgentAction
            onClick={() => {
              seen()
              navigate(LORA)
            }}
          >
            {text.open}
          </UrgentAction>
        </>
      }
    >
      {urgent.slice(0, SHOWN).map((panic) => (
        <Call key={panicKey(panic)} panic={panic} now={now} simulated={simulated} />
      ))}
      {urgent.length > SHOWN ? <Text>{text.more(urgent.length - SHOWN)}</Text> : null}
      <div>
        <Text fw={700}>{text.todo}</Text>
        <Text>{anySure ? text.todoSure : text.todoUnsure}</Text>
      </div>
    </UrgentNotice>
  )
}

/** A call for help takes the screen, whatever is open, confirmed or not (LOR-4). */
export function PanicNotice() {
  const query = useQuery(loraStatus, {})
  const seen = useSeen()
  useBattery()
  const status = query.status === 'ready' ? query.data : null
  useEffect(() => {
    if (status) rememberSeen(withoutEnded(seen, status.panics))
  }, [seen, status])
  if (!status) return null
  const urgent = urgentPanics(status.panics, seen)
  return urgent.length > 0 ? <Calls known={seen} urgent={urgent} simulated={status.stick.simulated} /> : null
}
