import { Radio, Stack, Switch, Text } from '@mantine/core'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { messages as shared } from '../desk/shared/messages.ts'
import { SeverityMark } from '../desk/shared/severity-mark.tsx'
import { canVibrate } from '../everywhere/chime.ts'
import { messages } from './messages.ts'
import classes from './place.module.css'
import type { SettingsProps } from './settings.ts'

/** From which severity on an alert is heard, and how. */
export function LoudSection({ settings, onChange, busy }: SettingsProps) {
  const text = useText(messages).loud
  const { severityNotes } = useText(shared)
  const from = (value: string) => {
    const notify_from = ALERT_SEVERITIES.find((severity) => severity === value)
    if (notify_from) onChange({ notify_from })
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="lg">
        <Radio.Group label={text.from} value={settings.notify_from} onChange={from}>
          <div className={classes.levels}>
            {ALERT_SEVERITIES.map((severity) => (
              <Radio
                key={severity}
                value={severity}
                disabled={busy}
                label={<SeverityMark severity={severity} />}
                description={severityNotes[severity]}
                classNames={{ body: classes.level ?? '', labelWrapper: classes.levelLabel ?? '' }}
              />
            ))}
          </div>
        </Radio.Group>
        <Switch
          label={text.sound}
          checked={settings.sound}
          disabled={busy}
          onChange={(event) => onChange({ sound: event.currentTarget.checked })}
        />
        {canVibrate() ? (
          <Switch
            label={text.vibration}
            checked={settings.vibration}
            disabled={busy}
            onChange={(event) => onChange({ vibration: event.currentTarget.checked })}
          />
        ) : (
          <Text c="dimmed">{text.noVibration}</Text>
        )}
        <Switch
          label={text.drills}
          description={text.drillsHint}
          checked={settings.drills}
          disabled={busy}
          onChange={(event) => onChange({ drills: event.currentTarget.checked })}
        />
        <Switch
          label={text.publicAcks}
          description={text.publicAcksHint}
          checked={settings.public_acks}
          disabled={busy}
          onChange={(event) => onChange({ public_acks: event.currentTarget.checked })}
        />
      </Stack>
    </Section>
  )
}
