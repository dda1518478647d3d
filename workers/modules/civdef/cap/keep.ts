import { alertForwarded } from '#protocol/civdef/events.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { Chain } from '../audit/chain.ts'
import type { AlertRow } from '../store.ts'

export type KeepDeps = Pick<ModuleDeps, 'signer' | 'log' | 'publish'> & {
  readonly alerts: View<AlertRow>
  readonly chain: Chain
}

/** Brings official warnings to the community, each document once, whoever brought it first. @returns how many were new */
export async function keepMirrors(mirrors: readonly Mirror[], deps: KeepDeps): Promise<number> {
  const { signer, log, publish, alerts, chain } = deps
  let kept = 0
  for (const mirror of mirrors) {
    const before = alerts.get(`mirror:${mirror.correlation_id}`)?.heard ?? []
    if (before.some((one) => one.mirror?.document_sha === mirror.document_sha)) continue
    await chain.append({ event: 'mirrored', alertId: null, actor: signer.nodeId, payload: mirror })
    publish(await log.append(alertForwarded, { mirror, certificates: [], path: [] }))
    kept++
  }
  return kept
}
