import { type Alert, type AlertContent, AlertSchema, checkAlert } from '#protocol/civdef/alert.ts'
import { shaOf } from '#protocol/civdef/audit.ts'
import { alertCancel, alertPublish } from '#protocol/civdef/capabilities.ts'
import { alertCancelled, alertPublished } from '#protocol/civdef/events.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { View } from '../../kernel/views.ts'
import type { Chain } from './audit/chain.ts'
import { decide } from './decide.ts'
import { type Knowledge, mayEnd } from './knowledge.ts'
import type { Regions } from './regions/adapters.ts'
import { requirePermission } from './role.ts'
import type { AlertRow } from './store.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'shelf' | 'config' | 'log' | 'publish'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
  readonly chain: Chain
  readonly regions: Regions
}

/** Alerts that were signed and have not surely reached the log: sent again on a start (CIV-4). */
const OutboxSchema = Type.Array(AlertSchema)

/** What a receiver's refusal means to the publisher: the same rules judge both (CIV-4). */
function codeOf(rule: string, reason: string): ErrorCode {
  if (rule === 'scope' && reason === 'target_outside') return 'civdef_alert_target_invalid'
  return rule === 'signature' ? 'invalid_signature' : 'civdef_cert_out_of_scope'
}

/** Publishing and ending alerts. */
export async function serveAlerts(deps: Deps): Promise<(() => void)[]> {
  const { bus, runtime, signer, shelf, config, log, publish, knowledge, alerts, chain, regions } = deps
  const outbox = await shelf.open('civdef.outbox', OutboxSchema, [])

  const ownEvent = (alert: Alert): ContentId | null =>
    alerts.get(alert.alert_id)?.heard.find((one) => one.alert?.signature === alert.signature)?.cid ?? null

  /** Record, then log, then everyone: a crash after any step goes on where it stopped. */
  async function send(alert: Alert): Promise<ContentId> {
    const known = ownEvent(alert)
    if (known) return known
    const sha = shaOf(alert)
    const isRecorded = chain.current().entries.some((text) => text.includes(sha))
    if (!isRecorded) {
      await chain.append({ event: 'published', alertId: alert.alert_id, actor: signer.nodeId, payload: alert })
    }
    const event = await log.append(alertPublished, { alert })
    publish(event)
    return event.cid
  }

  async function flush(): Promise<void> {
    for (const alert of outbox.get()) {
      await send(alert)
      await outbox.set(outbox.get().filter(({ alert_id }) => alert_id !== alert.alert_id))
    }
  }

  /** What every receiver will ask, asked before anything is signed into the chain. @throws HearthError */
  function requireBelieved(alert: Alert): void {
    const received = { alert, mirror: null, signed: true, cancellation: null, replacedBy: null }
    const { delivery, reasons } = decide(
      received,
      knowledge.certificates(),
      regions,
      knowledge.person(),
      config().civdef,
      runtime.now(),
    )
    const stop = reasons.at(-1)
    if (delivery !== 'refuse' || !stop) return
    throw new HearthError(codeOf(stop.rule, stop.code), `${stop.rule}: ${stop.code}`, {
      data: { rule: stop.rule, code: stop.code },
    })
  }

  const withdraw = [
    bus.handle(alertPublish, async ({ draft, attestation }) => {
      const { alert_id = runtime.ulid(), ...said } = draft
      const before = alerts.get(alert_id)?.heard.find(({ author }) => author === signer.nodeId)
      // pressed twice, or sent again after a lost answer (CIV-4)
      if (before) return { alert_id, content_id: before.cid }
      const now = runtime.now()
      const span = { from: now, until: Date.parse(draft.expires_at) }
      const trusted = { certificates: knowledge.certificates(), regions }
      const { certificate } = requirePermission(draft.publisher_cert, signer.nodeId, 'alert.publish', span, trusted)
      if (said.target.roles.length > 0) {
        throw new HearthError('not_implemented', 'alerts for roles are not sealed yet', {
          data: { field: '/draft/target/roles' },
        })
      }
      const content: AlertContent = { ...said, alert_id, publisher: signer.nodeId, publisher_role: certificate.role }
      const alert = await signRecord(signer, {
        ...content,
        published_at: secondsTime(now),
        ...(attestation ? { issuer_attestation: attestation } : {}),
      })
      await checkAlert(alert)
      requireBelieved(alert)
      if (chain.blocked())
        throw new HearthError('civdef_audit_chain_broken', 'the audit chain is broken; publishing is blocked')
      await outbox.set([...outbox.get(), alert])
      const content_id = await send(alert)
      await outbox.set(outbox.get().filter((one) => one.alert_id !== alert_id))
      return { alert_id, content_id }
    }),

    bus.handle(alertCancel, async ({ alert_id, cert_id, reason, all_clear }) => {
      const row = alerts.get(alert_id)
      const alert = row && knowledge.heard(row).alert
      if (!alert) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
      const now = runtime.now()
      const trusted = { certificates: knowledge.certificates(), regions }
      requirePermission(cert_id, signer.nodeId, 'alert.publish', { from: now, until: now }, trusted)
      if (!mayEnd(signer.nodeId, cert_id, alert, trusted.certificates, regions, now)) {
        throw new HearthError(
          'civdef_cert_out_of_scope',
          'only its publisher, or the same or a higher tier there, ends an alert',
        )
      }
      const cancellation = await signRecord(signer, {
        alert_id,
        cancelled_by: signer.nodeId,
        canceller_cert: cert_id,
        cancelled_at: secondsTime(now),
        reason,
        all_clear,
      })
      await chain.append({ event: 'cancelled', alertId: alert_id, actor: signer.nodeId, payload: cancellation })
      const event = await log.append(alertCancelled, { cancellation })
      publish(event)
      return { content_id: event.cid }
    }),
  ]
  if (!chain.blocked()) await flush()
  return withdraw
}
