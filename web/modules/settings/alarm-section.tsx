import { Button, Stack, Switch } from '@mantine/core'
import { IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { type AlarmState, startAlarm } from '../../kit/alarm.ts'
import { useAlarmPreference } from '../../kit/alarm-preference.ts'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { messages } from './messages.ts'

/** Plays what would ring, until the person has heard enough. */
function TryIt() {
  const text = useText(messages).alarm
  const [trying, setTrying] = useState(false)
  useEffect(() => {
    if (!trying) return
    return startAlarm((state: AlarmState) => {
      if (state === 'silent') setTrying(false)
    })
  }, [trying])
  return (
    <Button
      variant="default"
      leftSection={trying ? <IconVolumeOff size={20} aria-hidden /> : <IconVolume size={20} aria-hidden />}
      onClick={() => setTrying(!trying)}
    >
      {trying ? text.stop : text.tryIt}
    </Button>
  )
}

/** Whether this device rings when something cannot wait. */
export function AlarmSection() {
  const text = useText(messages).alarm
  const [wanted, setWanted] = useAlarmPreference()
  return (
    <Section title={text.title}>
      <Stack gap="md" align="flex-start">
        <Switch
          label={text.wanted}
          description={text.hint}
          checked={wanted}
          onChange={(event) => setWanted(event.currentTarget.checked)}
        />
        <TryIt />
      </Stack>
    </Section>
  )
}
