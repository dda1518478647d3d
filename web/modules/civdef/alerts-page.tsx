import { Button, Group, Stack, Text } from '@mantine/core'
import { IconFileImport, IconMapPin, IconShieldCheck, IconSpeakerphone } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { placeGet } from '#protocol/civdef/place-capabilities.ts'
import type { AlertRecord, SealedPassing } from '#protocol/civdef/records.ts'
import { Empty } from '../../kit/empty.tsx'
import { useLanguage, useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useNow } from '../../kit/use-now.ts'
import { useQuery } from '../../port/hooks.ts'
import { AlertCard } from './alert-card.tsx'
import classes from './civdef.module.css'
import { DESK } from './desk/paths.ts'
import { messages } from './messages.ts'
import { BRING_IN, PLACE } from './paths.ts'
import { MainReasons } from './reasons/reasons-section.tsx'
import { regionOfRole, roleWords } from './regions.ts'
import { sorted } from './told.ts'
import { useDecisions } from './use-decisions.ts'
import { useRegionNames } from './use-region-names.ts'

/** Alerts that are over, shown at first and at most. */
const FEW = 30
const MOST = 200

function Doors() {
  const text = useText(messages).doors
  return (
    <nav className={classes.doors} aria-label={text.place}>
      <Button component={Link} href={PLACE} variant="default" leftSection={<IconMapPin size={20} aria-hidden />}>
        {text.place}
      </Button>
      <Button component={Link} href={BRING_IN} variant="default" leftSection={<IconFileImport size={20} aria-hidden />}>
        {text.bringIn}
      </Button>
      <Button component={Link} href={DESK} variant="default" leftSection={<IconShieldCheck size={20} aria-hidden />}>
        {text.desk}
      </Button>
    </nav>
  )
}

function MyPlace() {
  const text = useText(messages)
  const query = useQuery(placeGet, {})
  if (query.status !== 'ready') return null
  const { place } = query.data
  if (place) return <Text>{text.placeIs(`${place.name} (${place.within})`)}</Text>
  return (
    <div className={classes.strip} role="note">
      <IconMapPin size={24} aria-hidden />
      <div className={classes.stripWords}>
        {text.noPlace}
        <Button component={Link} href={PLACE}>
          {text.choosePlace}
        </Button>
      </div>
    </div>
  )
}

/** What passes through this device for holders of a role (CIV-6): that it does, never what it says. */
function Sealed({ sealed }: { readonly sealed: readonly SealedPassing[] }) {
  const text = useText(messages)
  const { language } = useLanguage()
  const roles = [...new Set(sealed.flatMap((one) => one.roles))]
  const nameOf = useRegionNames(roles.map(regionOfRole))
  if (sealed.length === 0) return null
  return <Text>{text.sealed(sealed.length, roles.map((role) => roleWords(role, language, nameOf)).join(', '))}</Text>
}

function NothingNow() {
  const text = useText(messages)
  const query = useQuery(placeGet, {})
  const everywhere = query.status === 'ready' && query.data.place === null
  return <Empty icon={IconSpeakerphone}>{everywhere ? text.nothingAnywhere : text.nothingNow}</Empty>
}

interface ListsProps {
  readonly active: readonly AlertRecord[]
  readonly recent: readonly AlertRecord[]
  /** What this device holds and does not believe: the node leaves it out of every other list (CIV-7). */
  readonly refused: readonly AlertRecord[]
  readonly sealed: readonly SealedPassing[]
  readonly onMore: (() => void) | null
}

function Lists({ active, recent, refused, sealed, onMore }: ListsProps) {
  const text = useText(messages)
  const now = useNow()
  const records = [...new Map([...active, ...recent, ...refused].map((record) => [record.key, record])).values()]
  const decisionOf = useDecisions(records.map(({ key }) => key))
  const groups = sorted(records, (key) => decisionOf(key)?.delivery, now)
  const card = (record: AlertRecord) => (
    <AlertCard key={record.key} record={record} decision={decisionOf(record.key)} now={now} />
  )
  const explained = (record: AlertRecord) => {
    const decision = decisionOf(record.key)
    return (
      <AlertCard key={record.key} record={record} decision={decision} now={now}>
        {decision ? <MainReasons decision={decision} /> : null}
      </AlertCard>
    )
  }
  return (
    <Stack gap="lg">
      <Section title={text.now}>
        {groups.now.length === 0 ? <NothingNow /> : <ul className={classes.cards}>{groups.now.map(card)}</ul>}
      </Section>
      <Doors />
      <Section title={text.before}>
        {groups.before.length === 0 ? <Text c="dimmed">{text.nothingBefore}</Text> : null}
        <ul className={classes.cards}>{groups.before.map(card)}</ul>
        {onMore ? (
          <Group>
            <Button variant="default" onClick={onMore}>
              {text.older}
            </Button>
          </Group>
        ) : null}
      </Section>
      <Section title={text.elsewhere} intro={text.elsewhereIntro}>
        <Sealed sealed={sealed} />
        {groups.elsewhere.length === 0 && sealed.length === 0 ? <Text c="dimmed">{text.nothingElsewhere}</Text> : null}
        <ul className={classes.cards}>{groups.elsewhere.map(explained)}</ul>
      </Section>
      {groups.refused.length === 0 ? null : (
        <Section title={text.refused} intro={text.refusedIntro}>
          <ul className={classes.cards}>{groups.refused.map(explained)}</ul>
        </Section>
      )}
    </Stack>
  )
}

/** Alerts: what is active for this person, what was, and what this device does not show, with the reason (CIV-8, CIV-12). */
export function AlertsPage() {
  const text = useText(messages)
  const [limit, setLimit] = useState(FEW)
  const active = useQuery(alertList, { state: 'active', limit: MOST })
  const recent = useQuery(alertList, { limit })
  const refused = useQuery(alertList, { refused: true, limit: FEW })
  return (
    <Page title={text.title} intro={text.intro}>
      <MyPlace />
      <QueryView query={active} rows={6}>
        {({ alerts }) => (
          <QueryView query={recent} rows={6}>
            {({ alerts: all, total, sealed = [] }) => (
              <Lists
                active={alerts}
                recent={all}
                refused={refused.status === 'ready' ? refused.data.alerts : []}
                sealed={sealed}
                onMore={total > limit && limit < MOST ? () => setLimit(MOST) : null}
              />
            )}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}
