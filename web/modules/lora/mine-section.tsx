import { Stack, Text } from '@mantine/core'
import { useText } from '../../kit/i18n.tsx'
import { QrCode } from '../../kit/qr-code.tsx'
import { Section } from '../../kit/section.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import type { LoraStatus } from './status.ts'
import { callSign } from './who.tsx'

/** What this person shows to whoever wants to confirm their call sign (LOR-3). */
export function MineSection({ me }: Pick<LoraStatus, 'me'>) {
  const text = useText(messages).mine
  return (
    <Section title={text.title} intro={text.intro}>
      <div className={classes.mine}>
        <Stack gap="md">
          <div>
            <Text size="sm" c="dimmed">
              {text.shortId}
            </Text>
            <Text className={classes.id}>{me.short_id}</Text>
          </div>
          <div>
            <Text size="sm" c="dimmed">
              {text.callSign}
            </Text>
            <Text className={classes.id}>{callSign(me.sender_hash)}</Text>
          </div>
        </Stack>
        <div className={classes.qr}>
          <QrCode value={me.node_id} label={text.qr} />
        </div>
      </div>
    </Section>
  )
}
