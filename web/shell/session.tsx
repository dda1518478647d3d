import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { communityGet } from '#protocol/community/capabilities.ts'
import { configGet } from '#protocol/config/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { isModuleOn, MODULE_SWITCHES } from '#protocol/core/switches.ts'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { FocusHeld } from '../kit/focus-held.tsx'
import { type QueryState, useQuery } from '../port/hooks.ts'
import type { Has } from './gate.ts'
import { Layout } from './layout.tsx'
import { NodeFailed } from './node-failed.tsx'
import { Starting } from './starting.tsx'

export interface Session extends Has {
  readonly node: Output<typeof nodeStatus>
  readonly communityName: string | null
}

const SessionContext = createContext<Session | null>(null)

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

/** What every screen's way depends on: who this is, whether there is a community, what is switched on. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const status = useQuery(nodeStatus, {})
  const membership = useQuery(communityGet, {})
  const node = useLast(status)
  const joined = useLast(membership)
  const config = useLast(useQuery(configGet, {}))
  const community = joined?.community ?? null

  const session = useMemo<Session | null>(() => {
    if (!node) return null
    return {
      node,
      identity: node.identity !== null,
      community: community !== null,
      communityName: community?.name ?? null,
      modulesOn: new Set(config ? MODULE_SWITCHES.filter((module) => isModuleOn(module, config)) : []),
    }
  }, [node, community, config])

  // before there is an identity, nobody can be a member: that question may fail and it does not matter
  const waitsFor = !node ? status : node.identity && !joined ? membership : null
  if (!session || waitsFor) {
    const failed = waitsFor?.status === 'failed' ? waitsFor : null
    return (
      <Layout network={failed === null}>
        <FocusHeld shows={failed ? 'failed' : 'starting'}>
          {failed ? <NodeFailed running error={failed.error} onRetry={failed.retry} /> : <Starting />}
        </FocusHeld>
      </Layout>
    )
  }
  return <SessionContext value={session}>{children}</SessionContext>
}
