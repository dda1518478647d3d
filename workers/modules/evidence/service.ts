import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { serveAuthoring } from './authoring.ts'
import { serveLists } from './lists.ts'
import { createRank } from './rank.ts'
import { createLibrary, serveReading } from './reading.ts'
import { createRecords } from './record.ts'
import { createSpace } from './space.ts'
import { claimsView } from './store.ts'

export type EvidenceDeps = Pick<
  ModuleDeps,
  'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'notify' | 'log' | 'views' | 'members' | 'publish'
>

/** `experimental.evidence.*` (M30): puts the parts together. */
export async function serveEvidence(deps: EvidenceDeps): Promise<StopModule> {
  const { log, views, members, runtime } = deps
  const view = await views.open(claimsView)
  const community = createSpace({ kind: 'community', view, member: members.get, log })
  const lists = await serveLists(deps)
  const rank = createRank(lists.opinions)
  const library = createLibrary(
    () => [community],
    () => rank,
  )
  const records = createRecords({ now: runtime.now, opinions: lists.opinions, find: library.find })
  const authoring = serveAuthoring({ ...deps, library })
  const withdraw = [...lists.withdraw, ...authoring.withdraw, ...serveReading({ ...deps, library, records, rank })]

  return () => {
    for (const stop of withdraw) stop()
    community.stop()
    views.close(claimsView.id)
  }
}
