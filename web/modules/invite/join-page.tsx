import { Button } from '@mantine/core'
import { IconHomeHeart } from '@tabler/icons-react'
import { Link, useParams } from 'wouter'
import { communityGet, communityInviteInspect } from '#protocol/community/capabilities.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { inviteCodeIn } from './invite-code.ts'
import { JoinForm } from './join-form.tsx'
import { canRetry, joinProblem } from './join-problem.ts'
import { JoinTrouble } from './join-trouble.tsx'
import { messages } from './messages.ts'
import { NameFirst } from './name-first.tsx'
import { useArrival } from './use-arrival.ts'

/** Nobody here has a name yet: the invite can wait while that is done. */
function Newcomer({ code }: { readonly code: string }) {
  const invite = useQuery(communityInviteInspect, { invite: code })
  return (
    <QueryView
      query={invite}
      rows={4}
      failed={(error, retry) =>
        canRetry(joinProblem(error)) ? <NameFirst code={code} /> : <JoinTrouble error={error} onRetry={retry} />
      }
    >
      {(offer) => <JoinForm code={code} offer={offer} hasIdentity={false} />}
    </QueryView>
  )
}

const toCommunity = () => '/community'

function Resident({ code }: { readonly code: string }) {
  const text = useText(messages).join
  const mine = useQuery(communityGet, {})
  useArrival(mine.status === 'ready' ? mine.data.community !== null : null, toCommunity)
  const invite = useQuery(communityInviteInspect, { invite: code })
  return (
    <QueryView query={invite} rows={4} failed={(error, retry) => <JoinTrouble error={error} onRetry={retry} />}>
      {(offer) => (
        <QueryView query={mine}>
          {({ community }) =>
            community ? (
              <Empty
                icon={IconHomeHeart}
                action={
                  <Button component={Link} href="/community">
                    {text.toCommunity}
                  </Button>
                }
              >
                {visibleText(
                  community.community_id === offer.community_id ? text.already(community.name) : text.elsewhere(community.name),
                )}
              </Empty>
            ) : (
              <JoinForm code={code} offer={offer} hasIdentity />
            )
          }
        </QueryView>
      )}
    </QueryView>
  )
}

function Join({ code }: { readonly code: string }) {
  const status = useQuery(nodeStatus, {})
  return (
    <QueryView query={status} rows={4}>
      {({ identity }) => (identity ? <Resident code={code} /> : <Newcomer code={code} />)}
    </QueryView>
  )
}

/** An invite somebody opened: what it is, what joining means, and joining (COM-2, COM-3). */
export function JoinPage() {
  const text = useText(messages).join
  const { code = '' } = useParams<{ code: string }>()
  return (
    <Page title={text.title}>
      <Join code={inviteCodeIn(code) ?? code} />
    </Page>
  )
}
