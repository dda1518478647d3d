import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { serveAlerts } from './alert.ts'
import { serveAudit } from './audit/service.ts'
import { serveCap } from './cap/service.ts'
import { createKnowledge } from './knowledge.ts'
import { startNotices } from './notices.ts'
import { serveReading } from './reading.ts'
import { createRegions } from './regions/adapters.ts'
import { acksView, alertsView, certificatesView, rootsView } from './store.ts'

export type CivdefDeps = Pick<
  ModuleDeps,
  'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'notify' | 'log' | 'views' | 'members' | 'publish'
>

/** `experimental.civdef.*` (M31): puts the parts together. */
export async function serveCivdef(deps: CivdefDeps): Promise<StopModule> {
  const { views, signer, config, members, runtime } = deps
  const regions = createRegions()
  const alerts = await views.open(alertsView)
  const certificates = await views.open(certificatesView)
  const roots = await views.open(rootsView)
  const acks = await views.open(acksView)
  const knowledge = createKnowledge({
    me: signer.nodeId,
    alerts,
    certificates,
    roots,
    members,
    config,
    regions,
    now: runtime.now,
  })
  const audit = await serveAudit({ ...deps, certificates })
  const shared = { ...deps, knowledge, alerts, acks, certificates, chain: audit.chain, regions }
  const withdraw = [...audit.withdraw, ...serveReading(shared), ...serveCap(shared), ...(await serveAlerts(shared))]
  const quiet = startNotices({ ...deps, knowledge, alerts, certificates })
  return () => {
    quiet()
    for (const stop of withdraw) stop()
    for (const { id } of [alertsView, certificatesView, rootsView, acksView]) views.close(id)
  }
}
