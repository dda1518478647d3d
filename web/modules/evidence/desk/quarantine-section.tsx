import { Button, Group, Stack, Text } from '@mantine/core'
import { IconBuildingBank } from '@tabler/icons-react'
import { useState } from 'react'
import { displayNodeId } from '#protocol/core/ids.ts'
import { type Quarantined, quarantineAdmit, quarantineList, quarantineReject } from '#protocol/evidence/desk-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { Empty } from '../../../kit/empty.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall, useQuery } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { messages } from './messages.ts'
import { StatementText } from './statement-text.tsx'

/** Shown at first, and with each tap on "more". */
const STEP = 20
const MOST = 200

function Item({ item }: { readonly item: Quarantined }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const admit = useCall(quarantineAdmit)
  const reject = useCall(quarantineReject)
  const claim_ids = [item.claim_id]
  const busy = admit.busy || reject.busy
  const error = admit.error ?? reject.error
  const about = visibleText(item.claim.subject)
  return (
    <li className={classes.source}>
      <span className={classes.mark}>
        <IconBuildingBank size={18} aria-hidden />
        {item.via === 'file' ? text.fromFile : text.fromHub}
      </span>
      <StatementText statement={item.claim} />
      <Text size="sm" c="dimmed" mb="xs">
        {text.signedBy(displayNodeId(item.from))} {item.via === 'file' ? null : <BidiText>{item.via}</BidiText>}{' '}
        {format.dateTime(item.received_at)}
      </Text>
      <Group gap="sm">
        <Button
          onClick={() => admit.run({ claim_ids })}
          loading={admit.busy}
          disabled={busy}
          aria-label={`${text.admit}: ${about}`}
        >
          {text.admit}
        </Button>
        <Button
          variant="default"
          onClick={() => reject.run({ claim_ids })}
          disabled={busy}
          aria-label={`${text.reject}: ${about}`}
        >
          {text.reject}
        </Button>
      </Group>
      {error ? <ErrorNotice error={error} /> : null}
    </li>
  )
}

/** Claims from a hub or a file that nobody here has accepted: a person decides, one by one or all at once. */
export function QuarantineSection() {
  const text = useText(messages)
  const { language } = useLanguage()
  const [limit, setLimit] = useState(STEP)
  const query = useQuery(quarantineList, { limit })
  const reject = useCall(quarantineReject)
  return (
    <Section title={text.quarantine} intro={text.quarantineIntro}>
      <QueryView
        query={query}
        isEmpty={({ total }) => total === 0}
        empty={<Empty icon={IconBuildingBank}>{text.noQuarantine}</Empty>}
      >
        {({ items, total }) => (
          <Stack gap="md">
            <Text role="status">{plural(language, total, text.waiting)}</Text>
            <ul className={classes.list} aria-label={text.quarantine}>
              {items.map((item) => (
                <Item key={item.claim_id} item={item} />
              ))}
            </ul>
            <Group gap="sm">
              {items.length < total && limit < MOST ? (
                <Button variant="default" onClick={() => setLimit(Math.min(limit + STEP, MOST))}>
                  {text.more}
                </Button>
              ) : null}
              <ConfirmButton
                label={plural(language, items.length, text.rejectShown)}
                title={text.rejectTitle}
                busy={reject.busy}
                onConfirm={async () => {
                  // at most a hundred a call, by the contract
                  for (let at = 0; at < items.length; at += 100) {
                    await reject.run({ claim_ids: items.slice(at, at + 100).map(({ claim_id }) => claim_id) })
                  }
                }}
              >
                {text.rejectBody}
              </ConfirmButton>
            </Group>
            {reject.error ? <ErrorNotice error={reject.error} /> : null}
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
