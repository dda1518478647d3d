import { Stack } from '@mantine/core'
import { IconBarrierBlock, IconChecklist, IconId, IconRss, IconSignature, IconSpeakerphone } from '@tabler/icons-react'
import { cosignList, walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { configGet } from '#protocol/config/capabilities.ts'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { ALERTS } from '../paths.ts'
import { AuditWarning } from './audit-warning.tsx'
import classes from './desk.module.css'
import { DraftList } from './draft-list.tsx'
import { messages } from './messages.ts'
import { AUDIT, COMPOSE, COSIGN, DRILL, FEED, WALLET } from './paths.ts'
import { RunningList } from './running-list.tsx'
import { HandChoice } from './shared/action-bar.tsx'
import { DeskFrame } from './shared/desk-frame.tsx'
import { mayPublish } from './shared/role-kinds.ts'
import { Tile } from './shared/tile.tsx'

/** What of the second signatures asks for something to be done, in a line. */
function useCosignNote(): string {
  const text = useText(messages)
  const { language } = useLanguage()
  const query = useQuery(cosignList, {})
  const requests = query.status === 'ready' ? query.data.requests : []
  const waiting = requests.filter(({ direction, state }) => direction === 'in' && state === 'waiting').length
  if (waiting > 0) return plural(language, waiting, text.waiting)
  const now = Date.now()
  const signed = requests.filter(
    ({ direction, state, request }) =>
      direction === 'out' && state === 'signed' && Date.parse(request.content.expires_at) > now,
  ).length
  return signed > 0 ? plural(language, signed, text.signed) : text.doors.cosignNote
}

function useFeedNote(): string | null {
  const text = useText(messages).doors.feedNote
  const query = useQuery(configGet, {})
  if (query.status !== 'ready') return null
  return query.data.civdef.feed_url === '' ? text.off : text.on
}

/** Everything a responder does, each one large step away. */
export function DeskPage() {
  const text = useText(messages)
  const { language } = useLanguage()
  const wallet = useQuery(walletGet, {})
  const cosign = useCosignNote()
  const feed = useFeedNote()
  return (
    <DeskFrame title={text.title} intro={text.intro} back={ALERTS} query={wallet}>
      {({ own, issued_ending }) => {
        const may = own.some(mayPublish)
        const ending = own.filter(({ expires_in_days }) => expires_in_days !== null).length + issued_ending.length
        return (
          <Stack gap="lg">
            <AuditWarning />
            <ul className={classes.tiles}>
              <Tile
                href={may ? COMPOSE : WALLET}
                icon={IconSpeakerphone}
                name={text.doors.compose}
                note={may ? text.doors.composeNote : text.doors.composeOff}
                main={may}
              />
              <Tile href={COSIGN} icon={IconSignature} name={text.doors.cosign} note={cosign} />
              <Tile
                href={WALLET}
                icon={IconId}
                name={text.doors.wallet}
                note={ending > 0 ? plural(language, ending, text.ending) : text.doors.walletNote}
              />
              <Tile href={AUDIT} icon={IconChecklist} name={text.doors.audit} note={text.doors.auditNote} />
              <Tile href={DRILL} icon={IconBarrierBlock} name={text.doors.drill} note={text.doors.drillNote} />
              <Tile href={FEED} icon={IconRss} name={text.doors.feed} note={feed} />
            </ul>
            <Section title={text.running} intro={text.runningIntro}>
              <RunningList label={text.running} empty={text.nothing} />
            </Section>
            <DraftList />
            <Section title={text.settings}>
              <HandChoice />
            </Section>
          </Stack>
        )
      }}
    </DeskFrame>
  )
}
