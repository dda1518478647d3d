import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'
import { serveAlerts } from './alert.ts'
import { serveAudit } from './audit/service.ts'
import { createBoxKeyHolder } from './box-key.ts'
import { serveCap } from './cap/service.ts'
import { serveCeremony } from './desk/ceremony.ts'
import { serveCosign } from './desk/cosign.ts'
import { serveDrafts } from './desk/drafts.ts'
import { openPosition, servePlaces } from './desk/place.ts'
import { servePreview } from './desk/preview.ts'
import { serveWallet } from './desk/wallet.ts'
import { serveForward } from './forward/service.ts'
import { serveIncident } from './incident.ts'
import { createKnowledge } from './knowledge.ts'
import { startRemarks } from './notice/remarks.ts'
import { serveNotices } from './notice/service.ts'
import { createOpener } from './opened.ts'
import { serveReading } from './reading.ts'
import { createRegions } from './regions/adapters.ts'
import { createRegister } from './register.ts'
import { acksView, alertsView, certificatesView, rootsView } from './store.ts'
import { serveSubscription } from './subscribe.ts'

export type CivdefDeps = Pick<
  ModuleDeps,
  'bus' | 'runtime' | 'signer' | 'config' | 'shelf' | 'keys' | 'notify' | 'log' | 'views' | 'members' | 'publish'
> &
  Partial<Pick<ModuleDeps, 'federation'>>

/** `experimental.civdef.*` (M31): puts the parts together. */
export async function serveCivdef(deps: CivdefDeps): Promise<StopModule> {
  const { views, signer, config, members, runtime, shelf } = deps
  const regions = createRegions()
  const alerts = await views.open(alertsView)
  const certificates = await views.open(certificatesView)
  const roots = await views.open(rootsView)
  const acks = await views.open(acksView)
  const boxKey = createBoxKeyHolder(deps)
  const opened = createOpener({ ...deps, boxKey })
  const position = await openPosition(shelf)
  const knowledge = createKnowledge({
    me: signer.nodeId,
    alerts,
    certificates,
    roots,
    members,
    config,
    regions,
    opened,
    position: position.get,
    now: runtime.now,
  })
  const audit = await serveAudit({ ...deps, certificates, alerts })
  const known = {
    ...deps,
    knowledge,
    alerts,
    acks,
    certificates,
    chain: audit.chain,
    restarted: audit.restarted,
    regions,
    opened,
    boxKey,
    position,
  }
  const shut = await opened.watch(alerts)
  const incident = serveIncident(known)
  const shared = { ...known, register: createRegister(known), holding: incident.holding }
  const withdraw = [
    shut,
    ...audit.withdraw,
    ...serveReading(shared),
    ...serveSubscription(shared),
    ...serveCap(shared),
    ...serveForward(shared),
    ...serveWallet(shared),
    ...serveCeremony(shared),
    ...servePlaces(shared),
    ...servePreview(shared),
    ...(await serveDrafts(shared)),
    ...(await serveCosign(shared)),
    ...(await serveAlerts(shared)),
    ...(await serveNotices(shared)),
    ...incident.withdraw,
    startRemarks(shared),
  ]
  return () => {
    for (const stop of withdraw.reverse()) stop()
    for (const { id } of [alertsView, certificatesView, rootsView, acksView]) views.close(id)
  }
}
