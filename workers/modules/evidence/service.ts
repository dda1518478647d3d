import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { serveAuthoring } from './authoring.ts'
import { serveDrafts } from './drafts.ts'
import { serveHub } from './ebkh-service.ts'
import { startExtractor } from './extractor.ts'
import { serveFiles } from './files.ts'
import { serveLists } from './lists.ts'
import { serveQuarantine } from './quarantine.ts'
import { createRank } from './rank.ts'
import { createLibrary, serveReading } from './reading.ts'
import { createRecords } from './record.ts'
import { serveSample } from './sample-service.ts'
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
  const samples = await serveSample(deps)
  const spaces = () => {
    const sample = samples.sample.current()
    return sample ? [community, sample] : [community]
  }
  const library = createLibrary(spaces, rank)
  const records = createRecords({ now: runtime.now, opinions: lists.opinions, find: library.find })
  const authoring = serveAuthoring({ ...deps, library })
  const inbox = await serveDrafts({ ...deps, pen: authoring.pen })
  const extractor = startExtractor(log, inbox.drafts)
  const { quarantine, withdraw: ward } = await serveQuarantine({ ...deps, library })
  const withdraw = [
    ...lists.withdraw,
    ...samples.withdraw,
    ...serveReading({ ...deps, library, records, rank }),
    ...authoring.withdraw,
    ...inbox.withdraw,
    ...ward,
    ...serveFiles({ ...deps, library, quarantine, drafts: inbox.drafts }),
    // the one thing here that can reach beyond the mesh, and only to a hub that was configured
    ...(await serveHub({ ...deps, quarantine, community, fetch: globalThis.fetch.bind(globalThis) })),
  ]

  return () => {
    for (const stop of withdraw) stop()
    extractor.stop()
    samples.sample.stop()
    community.stop()
    views.close(claimsView.id)
  }
}
