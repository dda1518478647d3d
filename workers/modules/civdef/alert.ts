import { type Alert, AlertSchema, contentSha } from '#protocol/civdef/alert.ts'
import { shaOf } from '#protocol/civdef/audit.ts'
import { alertCancel, alertPublish } from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { alertCancelled, alertPublished } from '#protocol/civdef/events.ts'
import { secondsTime, within } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { signRecord } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Signal } from '../../kernel/signal.ts'
import { createTurn } from '../../kernel/turn.ts'
import type { View } from '../../kernel/views.ts'
import type { Chain } from './audit/chain.ts'
import type { BoxKeyHolder } from './box-key.ts'
import { contentFrom, type DraftDeps, requireBelieved, requireSpeaker, signAlert } from './draft.ts'
import { endable, mayEnd } from './knowledge.ts'
import type { Opened } from './opened.ts'
import { judgeCertificate, requirePermission } from './role.ts'
import { sealAlert } from './seal.ts'
import type { AlertRow, CertificateRow } from './store.ts'

type Deps = DraftDeps &
  Pick<ModuleDeps, 'bus' | 'shelf' | 'log' | 'publish'> & {
    readonly alerts: View<AlertRow>
    readonly certificates: View<CertificateRow>
    readonly chain: Chain
    /** The chain was broken and was begun anew (AUD-4). */
    readonly restarted: Signal<void>
    readonly opened: Opened
    readonly boxKey: BoxKeyHolder
  }

/** Alerts that were signed and have not surely reached the log: sent again on a start, and when the chain goes on (CIV-4). */
const OutboxSchema = Type.Array(AlertSchema)

/** Publishing and ending alerts. */
export async function serveAlerts(deps: Deps): Promise<(() => void)[]> {
  const { bus, runtime, signer, shelf, log, publish, knowledge, alerts, chain, regions } = deps
  const { certificates, opened, boxKey, restarted } = deps
  const outbox = await shelf.open('civdef.outbox', OutboxSchema, [])

  const ownEvent = (alert: Alert): ContentId | null => {
    const said = alerts.get(alert.alert_id)?.heard ?? []
    const own = said.find((one) => (one.sealed ? opened.alert(one.sealed) : one.alert)?.signature === alert.signature)
    return own?.cid ?? null
  }

  /** What travels: the alert itself, or for roles what only their holders open (CIV-6). */
  async function parcel(alert: Alert): Promise<EventData<typeof alertPublished>> {
    const { roles } = alert.target
    if (roles.length === 0) return { alert }
    const { boxKey: own } = await boxKey.keys()
    const holders = certificates
      .rows()
      .map(({ certificate }) => certificate)
      .filter((one) => roles.some((role) => within(one.role, role)) && isGoodNow(one))
    return { sealed: await sealAlert({ alert, holders, own, signer, randomBytes: runtime.randomBytes }) }
  }

  const isGoodNow = (certificate: Certificate): boolean => {
    const now = runtime.now()
    return judgeCertificate(certificate, knowledge.certificates(), regions, { from: now, until: now }).good
  }

  /** Record, then log, then everyone: a crash after any step goes on where it stopped. */
  async function send(alert: Alert): Promise<ContentId> {
    const known = ownEvent(alert)
    if (known) return known
    // before anything is recorded: what nobody could read is not published
    const data = await parcel(alert)
    const sha = shaOf(alert)
    const isRecorded = chain.current().entries.some((text) => text.includes(sha))
    if (!isRecorded) {
      await chain.append({ event: 'published', alertId: alert.alert_id, actor: signer.nodeId, payload: alert })
    }
    const event = await log.append(alertPublished, data)
    publish(event)
    return event.cid
  }

  const forget = (id: Alert['alert_id']): Promise<void> => outbox.set(outbox.get().filter(({ alert_id }) => alert_id !== id))

  async function flush(): Promise<void> {
    for (const alert of outbox.get()) {
      try {
        await send(alert)
      } catch (error) {
        // no room, or nobody left who could read it: the module starts, and the next start tries again while it matters
        if (!(error instanceof HearthError)) throw error
        if (runtime.now() < Date.parse(alert.expires_at)) continue
      }
      await forget(alert.alert_id)
    }
  }

  // a button pressed twice at once is pressed once (CIV-4)
  const inTurn = createTurn()
  const withdraw = [
    bus.handle(alertPublish, ({ draft, attestation }) =>
      inTurn(async () => {
        const { alert_id = runtime.ulid() } = draft
        const before = alerts.get(alert_id)?.heard.find(({ author }) => author === signer.nodeId)
        // pressed twice, or sent again after a lost answer (CIV-4)
        if (before) return { alert_id, content_id: before.cid }
        const content = contentFrom(draft, alert_id, requireSpeaker(draft, deps))
        // what was signed before and did not get out goes out as it was, not as a second one under its number
        const waiting = outbox.get().find((one) => one.alert_id === alert_id)
        const isSame = waiting !== undefined && contentSha(waiting) === contentSha(content)
        const alert = isSame ? waiting : await signAlert(content, attestation, deps)
        requireBelieved(alert, deps)
        if (chain.blocked())
          throw new HearthError('civdef_audit_chain_broken', 'the audit chain is broken; publishing is blocked')
        // found out before it is on its way: a role that nobody holds with a key
        await parcel(alert)
        await outbox.set([...outbox.get().filter((one) => one.alert_id !== alert_id), alert])
        const content_id = await send(alert)
        await forget(alert_id)
        return { alert_id, content_id }
      }),
    ),

    bus.handle(alertCancel, async ({ alert_id, cert_id, reason, all_clear }) => {
      const row = alerts.get(alert_id)
      const alert = row && knowledge.heard(row).alert
      if (!alert) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
      const now = runtime.now()
      const trusted = { certificates: knowledge.certificates(), regions }
      requirePermission(cert_id, signer.nodeId, 'alert.publish', { from: now, until: now }, trusted)
      if (!mayEnd(signer.nodeId, cert_id, endable(alert), trusted.certificates, regions, now)) {
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
  // what could not get out while the chain was broken does so when a person has begun it anew
  const unfollow = restarted.on(() => void inTurn(flush).catch(reportError))
  return [unfollow, ...withdraw]
}
