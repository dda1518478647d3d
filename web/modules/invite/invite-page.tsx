import { Alert, Button, Stack } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { communityGet, type communityInvite } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { Empty } from '../../kit/empty.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { useQuery } from '../../port/hooks.ts'
import { InviteForm } from './invite-form.tsx'
import { InviteList } from './invite-list.tsx'
import { InviteTicket } from './invite-ticket.tsx'
import { messages } from './messages.ts'
import { inviteLevels, mayInvite } from './terms.ts'

type Community = NonNullable<Output<typeof communityGet>['community']>

function Inviting({ community }: { readonly community: Community }) {
  const text = useText(messages)
  const [made, setMade] = useState<Output<typeof communityInvite> | null>(null)
  if (!mayInvite(community)) return <Alert>{text.notAllowed}</Alert>
  return (
    <Stack gap="lg">
      {made ? (
        <InviteTicket invite={made} communityName={community.name} onAnother={() => setMade(null)} />
      ) : (
        <InviteForm levels={inviteLevels(community)} onMade={setMade} />
      )}
      <InviteList />
    </Stack>
  )
}

/** Makes invites and takes them back (COM-2). */
export function InvitePage() {
  const text = useText(messages)
  const query = useQuery(communityGet, {})
  return (
    <Page title={text.title} intro={text.intro} back="/community">
      <QueryView query={query} rows={5}>
        {({ community }) =>
          community ? (
            <Inviting community={community} />
          ) : (
            <Empty
              icon={IconUsersGroup}
              action={
                <Button component={Link} href="/start">
                  {text.toStart}
                </Button>
              }
            >
              {text.noCommunity}
            </Empty>
          )
        }
      </QueryView>
    </Page>
  )
}
