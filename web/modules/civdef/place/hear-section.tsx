import { Button, Stack, Text } from '@mantine/core'
import { IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { ALERT_SEVERITIES, type AlertSeverity } from '#protocol/civdef/terms.ts'
import { startAlarm } from '../../../kit/alarm.ts'
import { useAlarmPreference } from '../../../kit/alarm-preference.ts'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { messages as shared } from '../desk/shared/messages.ts'
import { chime, shake } from '../everywhere/chime.ts'
import { messages } from './messages.ts'
import classes from './place.module.css'
import type { Settings } from './settings.ts'

/** Rings until the person has heard enough. */
function Alarm({ shakes }: { readonly shakes: boolean }) {
  const text = useText(messages).hear
  const [trying, setTrying] = useState(false)
  useEffect(() => {
    if (!trying) return
    return startAlarm((state) => {
      if (state === 'silent') setTrying(false)
    }, shakes)
  }, [trying, shakes])
  return (
    <Button
      variant="default"
      leftSection={trying ? <IconVolumeOff size={20} aria-hidden /> : <IconVolume size={20} aria-hidden />}
      onClick={() => setTrying(!trying)}
    >
      {trying ? text.stop : text.alarm}
    </Button>
  )
}

/** Every sound an alert can make, to be known before it counts. */
export function HearSection({ settings }: { readonly settings: Settings }) {
  const text = useText(messages).hear
  const { severities } = useText(shared)
  const [isWanted] = useAlarmPreference()
  const play = (severity: AlertSeverity) => {
    chime(severity)
    if (settings.vibration) shake(severity)
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        {isWanted ? null : <Text>{text.muted}</Text>}
        <div className={classes.actions}>
          {ALERT_SEVERITIES.filter((severity) => severity !== 'extreme').map((severity) => (
            <Button
              key={severity}
              variant="default"
              leftSection={<IconVolume size={20} aria-hidden />}
              onClick={() => play(severity)}
            >
              {text.chime(severities[severity])}
            </Button>
          ))}
          <Alarm shakes={settings.vibration} />
        </div>
      </Stack>
    </Section>
  )
}
