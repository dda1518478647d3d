import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { communityGet } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { selfDescribe } from '#protocol/protocol/capabilities.ts'
import { ErrorNotice } from '../kit/error-notice.tsx'
import { type QueryState, useQuery } from '../port/hooks.ts'
import type { Has } from './gate.ts'
import { Layout } from './layout.tsx'
import { Starting } from './starting.tsx'

export interface Session extends Has {
  readonly node: Output<typeof nodeStatus>
  readonly communityName: string | null
}

const SessionContext = createContext<Session | null>(null)
const NOTHING: ReadonlySet<string> = new Set()

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new TypeError('useSession needs a SessionProvider above it')
  return session
}

/** The last answer there was: a question asked again must not blank the page. */
function useLast<T>(query: QueryState<T>): T | undefined {
  const [last, setLast] = useState<{ readonly data: T }>()
  if (query.status === 'ready' && query.data !== last?.data) setLast({ data: query.data })
  return query.status === 'ready' ? query.data : last?.data
}

/** Mounted once there is an identity: before, the node has nothing to sign its description with. */
function ServedWatch({ onServed }: { readonly onServed: (names: ReadonlySet<string>) => void }) {
  const description = useLast(useQuery(selfDescribe, {}))
  useEffect(() => {
    const live = description?.capabilities.filter(({ state }) => state !== 'disabled' && state !== 'not_built')
    onServed(live ? new Set(live.map(({ name }) => name)) : NOTHING)
  }, [description, onServed])
  return null
}

/** What every screen's way depends on: who this is, whether there is a community, what is served here. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const status = useQuery(nodeStatus, {})
  const membership = useQuery(communityGet, {})
  const node = useLast(status)
  const joined = useLast(membership)
  const [served, setServed] = useState(NOTHING)
  const community = joined?.community ?? null

  const session = useMemo<Session | null>(() => {
    if (!node) return null
    return {
      node,
      identity: node.identity !== null,
      community: community !== null,
      communityName: community?.name ?? null,
      served,
    }
  }, [node, community, served])

  // before there is an identity, nobody can be a member: that question may fail and it does not matter
  const waitsFor = !node ? status : node.identity && !joined ? membership : null
  if (!session || waitsFor) {
    const failed = waitsFor?.status === 'failed' ? waitsFor : null
    return <Layout>{failed ? <ErrorNotice error={failed.error} onRetry={failed.retry} /> : <Starting />}</Layout>
  }
  return (
    <SessionContext value={session}>
      {session.identity ? <ServedWatch onServed={setServed} /> : null}
      {children}
    </SessionContext>
  )
}
