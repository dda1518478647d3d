import type { SealedAlert, Target } from '#protocol/civdef/alert.ts'
import { alertAck, alertAcks, alertGet, alertList, roleList, roleRegister, roleRevoke } from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { alertAcked, roleRevoked, rootChanged } from '#protocol/civdef/events.ts'
import { rootList, rootSet } from '#protocol/civdef/place-capabilities.ts'
import type { SealedPassing } from '#protocol/civdef/records.ts'
import { type CertId, secondsTime, within } from '#protocol/civdef/terms.ts'
import type { Input, Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { displayNodeId, type NodeId, type Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import type { Caller } from '../../kernel/bus/bus.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { createTurn } from '../../kernel/turn.ts'
import type { View } from '../../kernel/views.ts'
import { boardOf, tooMany, waitFor } from './ack.ts'
import type { Chain } from './audit/chain.ts'
import type { Knowledge } from './knowledge.ts'
import { fits } from './listing.ts'
import type { Regions } from './regions/adapters.ts'
import type { Register } from './register.ts'
import { mayRevoke, recordOf } from './role.ts'
import type { AlertRow, CertificateRow, HeardAck } from './store.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'config' | 'log' | 'publish' | 'members'> & {
  readonly knowledge: Knowledge
  readonly alerts: View<AlertRow>
  readonly acks: View<readonly HeardAck[]>
  readonly certificates: View<CertificateRow>
  readonly chain: Chain
  readonly regions: Regions
  readonly register: Register
  /** Devices that said they hold an alert. */
  readonly holding: (alert: Ulid) => readonly NodeId[]
}

const MAX_PASSING = 100

const passingOf = ({ alert_id, publisher, publisher_cert, region, roles, expires_at, drill }: SealedAlert): SealedPassing => ({
  ...{ alert_id, publisher, publisher_cert, region, roles, expires_at, drill },
})

const isCalled = ({ role, region }: Certificate, target: Target): boolean =>
  target.roles.length > 0 ? target.roles.some((wanted) => within(role, wanted)) : within(region, target.region)

/** Reading alerts, answering them, and saying why they are shown. */
export function serveReading(deps: Deps): (() => void)[] {
  const {
    bus,
    runtime,
    signer,
    config,
    log,
    publish,
    members,
    knowledge,
    alerts,
    acks,
    certificates,
    chain,
    regions,
    register,
    holding,
  } = deps

  function need(key: string): AlertRow {
    const row = alerts.get(key)
    if (!row) throw new HearthError('civdef_alert_not_found', 'no alert of that id is known here')
    return row
  }
  /** What this device opened is for the person here: who asks from elsewhere opens it themself, or not at all (CIV-6). */
  const mayRead = (row: AlertRow, { level }: Caller): boolean => {
    const { sealed, alert } = knowledge.heard(row)
    return sealed === null || (level === 'self' && alert !== null)
  }
  /** What passes and is not for whoever asks, as far as anyone can see it (CIV-6). */
  const passing = (caller: Caller): SealedPassing[] =>
    alerts
      .rows()
      .flatMap((row) => {
        const { sealed } = knowledge.heard(row)
        return sealed && !mayRead(row, caller) && knowledge.record(row).state === 'active' ? [passingOf(sealed)] : []
      })
      .slice(-MAX_PASSING)
  const record = (one: Certificate) => recordOf(one, knowledge.certificates(), regions, runtime.now())
  const isGood = (one: Certificate): boolean => record(one).state === 'good'

  async function ack({ alert_id, status, note, cert_id }: Input<typeof alertAck>): Promise<Output<typeof alertAck>> {
    const { alert } = knowledge.heard(need(alert_id))
    if (!alert) throw new HearthError('civdef_alert_not_found', 'a mirrored warning is answered elsewhere')
    const certificate = cert_id === undefined ? null : knowledge.certificates().find(cert_id)
    if (cert_id !== undefined && certificate?.holder !== signer.nodeId) {
      throw new HearthError('civdef_cert_not_owned', 'the certificate is somebody else’s')
    }
    if (certificate && !isGood(certificate)) throw new HearthError('civdef_cert_out_of_scope', 'the certificate does not hold')
    const isPublic = alert.target.roles.length === 0
    if (isPublic && !certificate && !config().civdef.public_acks) {
      throw new HearthError('unauthorized', 'this alert is for everyone: residents’ answers are not collected')
    }
    const now = runtime.now()
    const own = (acks.get(alert_id) ?? [])
      .filter(({ ack }) => ack.acked_by === signer.nodeId)
      .map(({ ack }) => Date.parse(ack.acked_at))
    if (tooMany(own, now)) {
      throw new HearthError('civdef_ack_rate_limited', 'five answers a minute are enough', {
        retryAfterMs: waitFor(own, now),
      })
    }
    const answer = await signRecord(signer, {
      alert_id,
      status,
      ...(note === undefined ? {} : { note }),
      acked_by: signer.nodeId,
      acked_at: secondsTime(now),
      ...(cert_id === undefined ? {} : { acker_cert: cert_id }),
    })
    await chain.append({ event: 'acked', alertId: alert_id, actor: signer.nodeId, payload: answer })
    const event = await log.append(alertAcked, { ack: answer })
    publish(event)
    return { content_id: event.cid }
  }
  const inTurn = createTurn()

  return [
    bus.handle(alertList, async ({ limit, after, refused = false, ...filter }, { caller }) => {
      const all = alerts
        .rows()
        .filter((row) => mayRead(row, caller))
        .map((row) => ({ row, lamport: knowledge.heard(row).lamport, record: knowledge.record(row) }))
        .filter(({ record: one, row }) => fits(one, filter) && (knowledge.decision(row).delivery === 'refuse') === refused)
        .sort((a, b) => b.lamport - a.lamport || (a.record.content_id < b.record.content_id ? -1 : 1))
        .map((one) => one.record)
      const start = after === undefined ? 0 : all.findIndex(({ content_id }) => content_id === after) + 1
      const page = all.slice(start, start + limit)
      const more = start + page.length < all.length
      return { alerts: page, total: all.length, next: more ? (page.at(-1)?.content_id ?? null) : null, sealed: passing(caller) }
    }),

    bus.handle(alertGet, async ({ key }, { caller }) => {
      const row = need(key)
      const all = knowledge.record(row)
      const one = mayRead(row, caller) ? all : { ...all, alert: null }
      const certificate = one.alert && knowledge.certificates().find(one.alert.publisher_cert)
      const chainIds: readonly CertId[] = certificate ? certificate.issuer_chain : []
      const found = chainIds.flatMap((id) => knowledge.certificates().find(id) ?? [])
      return { record: one, certificates: (certificate ? [certificate, ...found] : []).map(record) }
    }),

    bus.handle(alertExplain, async ({ key }) => knowledge.decision(need(key))),

    // one after the other, or ten at once would each find that there are fewer than five (CIV-11)
    bus.handle(alertAck, (input) => inTurn(() => ack(input))),

    bus.handle(alertAcks, async ({ alert_id }) => {
      const { alert } = knowledge.heard(need(alert_id))
      if (!alert) throw new HearthError('civdef_alert_not_found', 'a mirrored warning is answered elsewhere')
      const holders = certificates
        .rows()
        // called in a role: by all who hold it; else who is responsible for a part of the target
        .filter(({ certificate }) => isCalled(certificate, alert.target) && isGood(certificate))
        .map(({ certificate }) => ({ nodeId: certificate.holder, role: certificate.role }))
      return boardOf({
        alert,
        heard: acks.get(alert_id) ?? [],
        nameOf: (nodeId) => members.get(nodeId)?.displayName ?? '',
        roleOf: ({ acked_by, acker_cert }) => {
          const certificate = acker_cert ? knowledge.certificates().find(acker_cert) : null
          return certificate?.holder === acked_by && isGood(certificate) ? certificate.role : null
        },
        holders,
        holding: holding(alert_id),
        now: runtime.now(),
      })
    }),

    bus.handle(roleRegister, async ({ certificate, chain: issuers }) => {
      const content_id = await register({ certificate, chain: issuers })
      return { cert_id: certificate.cert_id, content_id }
    }),

    bus.handle(roleList, async ({ holder, region, only_good, limit }) => {
      const all = certificates
        .rows()
        .map(({ certificate }) => record(certificate))
        .filter(({ certificate, state }) => {
          if (holder !== undefined && certificate.holder !== holder) return false
          if (region !== undefined && !within(certificate.region, region)) return false
          return only_good !== true || state === 'good'
        })
        .sort((a, b) => (a.certificate.expires_at < b.certificate.expires_at ? -1 : 1))
      return { certificates: all.slice(0, limit), total: all.length }
    }),

    bus.handle(roleRevoke, async ({ cert_id, reason }) => {
      const row = certificates.get(cert_id)
      if (!row) throw new HearthError('civdef_cert_unrecognised', 'no certificate of that id is known here')
      const known = knowledge.certificates()
      const under = row.certificate.issuer_chain.find((id) => known.find(id)?.holder === signer.nodeId) ?? null
      const revocation = await signRecord(signer, {
        cert_id,
        revoked_by: signer.nodeId,
        by_cert: under,
        revoked_at: secondsTime(runtime.now()),
        reason,
      })
      if (!mayRevoke(revocation, row.certificate, known)) {
        throw new HearthError('civdef_cert_out_of_scope', 'only who issued it, or stands above, takes it back')
      }
      await chain.append({ event: 'role_revoked', alertId: null, actor: signer.nodeId, payload: revocation })
      const event = await log.append(roleRevoked, { revocation })
      publish(event)
      return { content_id: event.cid }
    }),

    bus.handle(rootList, async () => ({
      roots: knowledge.roots().map((root) => ({ ...root, fingerprint: displayNodeId(root.root) })),
    })),

    bus.handle(rootSet, async ({ root, name, region }) => {
      if (members.levelOf(signer.nodeId) !== 'anchor') throw new HearthError('unauthorized', 'an anchor names trust roots')
      publish(await log.append(rootChanged, { root, name, region }))
      return {}
    }),
  ]
}
