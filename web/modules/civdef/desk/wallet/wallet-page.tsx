import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconClockExclamation, IconId, IconShieldCheck, IconUsers } from '@tabler/icons-react'
import { Link } from 'wouter'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { Empty } from '../../../../kit/empty.tsx'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { CEREMONY, DESK, HOLDERS, ROOTS } from '../paths.ts'
import { ActionBar } from '../shared/action-bar.tsx'
import { CertificateCard } from '../shared/certificate-card.tsx'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { Tile } from '../shared/tile.tsx'
import { messages } from './messages.ts'

/** What this person holds, what of it ends soon (CIV-3), and where more comes from. */
export function WalletPage() {
  const text = useText(messages)
  const { language } = useLanguage()
  const query = useQuery(walletGet, {})
  return (
    <DeskFrame title={text.title} intro={text.intro} back={DESK} query={query}>
      {({ own, issued_ending, box_key }) => {
        const ending = own.filter(({ expires_in_days }) => expires_in_days !== null).length
        return (
          <Stack gap="lg">
            {ending === 0 ? null : (
              <Alert color="warn" icon={<IconClockExclamation aria-hidden />} role="alert">
                <Text fw={650}>{plural(language, ending, text.warn)}</Text>
              </Alert>
            )}
            <Section title={text.own}>
              {own.length === 0 ? (
                <Empty icon={IconId}>{text.none}</Empty>
              ) : (
                <>
                  <ul className={classes.list} aria-label={text.own}>
                    {own.map((record) => (
                      <li key={record.certificate.cert_id} className={classes.card}>
                        <CertificateCard record={record} />
                      </li>
                    ))}
                  </ul>
                  <Text size="sm" c="dimmed">
                    {box_key === null ? text.notSealed : text.sealed}
                  </Text>
                </>
              )}
            </Section>
            {issued_ending.length === 0 ? null : (
              <Section title={text.ending} intro={text.endingIntro}>
                <ul className={classes.list} aria-label={text.ending}>
                  {issued_ending.map((record) => (
                    <li key={record.certificate.cert_id} className={classes.card}>
                      <CertificateCard record={record} withHolder />
                    </li>
                  ))}
                </ul>
              </Section>
            )}
            <ul className={classes.tiles}>
              <Tile href={HOLDERS} icon={IconUsers} name={text.doors.holders} note={text.doors.holdersNote} />
              <Tile href={ROOTS} icon={IconShieldCheck} name={text.doors.roots} note={text.doors.rootsNote} />
            </ul>
            <ActionBar>
              <Button component={Link} href={CEREMONY} className={classes.big}>
                {text.start}
              </Button>
            </ActionBar>
          </Stack>
        )
      }}
    </DeskFrame>
  )
}
