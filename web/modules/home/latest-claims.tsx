import { Anchor, Stack, Text } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import { Link } from 'wouter'
import { claimQuery } from '#protocol/evidence/capabilities.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { Empty } from '../../kit/empty.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import classes from './latest-claims.module.css'
import { messages } from './messages.ts'

const SHOWN = 3
const CLAIMS = '/claims'

/** What the community said last, with who said it. */
export function LatestClaims() {
  const text = useText(messages).claims
  const format = useFormat()
  const query = useQuery(claimQuery, { limit: SHOWN })
  return (
    <Section
      title={text.title}
      actions={
        <Anchor component={Link} href={CLAIMS} className={classes.link}>
          {text.all}
        </Anchor>
      }
    >
      <QueryView
        query={query}
        isEmpty={({ claims }) => claims.length === 0}
        empty={<Empty icon={IconQuote}>{text.empty}</Empty>}
      >
        {({ claims }) => (
          <Stack gap="xs">
            {claims.map(({ claim_id, claim, author }) => (
              <div key={claim_id}>
                <Anchor component={Link} href={`${CLAIMS}/${claim_id}`} fw={600} className={classes.link}>
                  <BidiText>{`${claim.subject}: ${claim.object}`}</BidiText>
                </Anchor>
                <Text size="sm" c="dimmed">
                  <BidiText>{text.by(author.display_name, format.relative(claim.asserted_at))}</BidiText>
                </Text>
              </div>
            ))}
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
