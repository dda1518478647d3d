import { type Alert, type AlertContent, type CosignAttestation, checkAlert } from '#protocol/civdef/alert.ts'
import type { alertPublish } from '#protocol/civdef/capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import type { Input } from '#protocol/core/capability.ts'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { type AlertSettings, decide } from './decide.ts'
import type { Knowledge } from './knowledge.ts'
import type { Regions } from './regions/adapters.ts'
import { type Permission, requirePermission } from './role.ts'

export type Draft = Input<typeof alertPublish>['draft']

export interface DraftDeps extends Pick<ModuleDeps, 'runtime' | 'signer' | 'config'> {
  readonly knowledge: Knowledge
  readonly regions: Regions
}

/** What a receiver's refusal means to whoever speaks: the same rules judge both (CIV-4). */
function codeOf(rule: string, reason: string): ErrorCode {
  if (rule === 'scope' && reason === 'target_outside') return 'civdef_alert_target_invalid'
  return rule === 'signature' ? 'invalid_signature' : 'civdef_cert_out_of_scope'
}

/** Whether the person at this device may say it. @throws HearthError each of the codes of CIV-1 */
export function requireSpeaker(draft: Draft, { runtime, signer, knowledge, regions }: DraftDeps): Permission {
  const span = { from: runtime.now(), until: Date.parse(draft.expires_at) }
  const trusted = { certificates: knowledge.certificates(), regions }
  return requirePermission(draft.publisher_cert, signer.nodeId, 'alert.publish', span, trusted)
}

/** A draft with who says it. */
export function contentFrom(draft: Draft, alertId: Ulid, { certificate }: Pick<Permission, 'certificate'>): AlertContent {
  const { holder: publisher, role: publisher_role } = certificate
  return { ...draft, alert_id: alertId, publisher, publisher_role }
}

/** Signs what is said, as of now. @throws HearthError what every receiver would find wrong with its bytes */
export async function signAlert(
  content: AlertContent,
  attestation: CosignAttestation | undefined,
  { runtime, signer }: DraftDeps,
): Promise<Alert> {
  const alert = await signRecord(signer, {
    ...content,
    published_at: secondsTime(runtime.now()),
    ...(attestation ? { issuer_attestation: attestation } : {}),
  })
  await checkAlert(alert)
  return alert
}

/** What every receiver will ask, asked before anything goes out. @throws HearthError */
export function requireBelieved(
  alert: Alert,
  { runtime, config, knowledge, regions }: DraftDeps,
  cosignFrom: AlertSettings['cosign_from'] = config().civdef.cosign_from,
): void {
  const received = { alert, mirror: null, signed: true, cancellation: null, replacedBy: null }
  const settings = { ...config().civdef, cosign_from: cosignFrom }
  const { delivery, reasons } = decide(received, knowledge.certificates(), regions, knowledge.person(), settings, runtime.now())
  const stop = reasons.at(-1)
  if (delivery !== 'refuse' || !stop) return
  throw new HearthError(codeOf(stop.rule, stop.code), `${stop.rule}: ${stop.code}`, {
    data: { rule: stop.rule, code: stop.code },
  })
}
