import { defineEvent } from '../core/module.ts'
import { CountSchema, NodeIdSchema, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import {
  AckSchema,
  AlertSchema,
  CancellationSchema,
  checkAck,
  checkAlert,
  checkCancellation,
  checkSealed,
  SealedAlertSchema,
} from './alert.ts'
import { AuditBreakSchema } from './audit.ts'
import { CertificateSchema, checkCertificate, checkRevocation, RevocationSchema } from './certificate.ts'
import { CIVDEF_CHAIN_MAX, CIVDEF_FORWARD_MAX_HOPS } from './constants.ts'
import { checkMirror, MirrorSchema } from './mirror.ts'
import { openCheckpoint } from './note.ts'
import { CertIdSchema, RegionSchema, RoleSchema, refuse } from './terms.ts'

// Of the ten names, six travel in the community's log and one, `audit.checkpointed`, does so that others can witness it; what a
// device dropped, heard from a foreign scheme or found broken is that device's own affair.

/** A signed alert; or one that only holders of a role can read (CIV-4, CIV-6). */
export const alertPublished = defineEvent(
  'civdef.alert.published',
  Strict({ alert: Type.Optional(AlertSchema), sealed: Type.Optional(SealedAlertSchema) }),
  {
    urgent: true,
    async verify({ alert, sealed }, event) {
      if ((alert === undefined) === (sealed === undefined)) refuse('bad_request', 'carries one alert, open or sealed', '/alert')
      const publisher = alert?.publisher ?? sealed?.publisher
      if (publisher !== event.author) refuse('invalid_signature', 'an alert is published by its author', '/alert/publisher')
      if (alert && alert.target.roles.length > 0)
        refuse('bad_request', 'an alert for roles travels sealed', '/alert/target/roles')
      if (alert) await checkAlert(alert)
      if (sealed) await checkSealed(sealed)
    },
  },
)

/**
 * What comes from outside this community: an alert of another one with the certificates to check it, or an official warning
 * that somebody brought. The author says „this reached me“ and signs no more than that.
 */
export const alertForwarded = defineEvent(
  'civdef.alert.forwarded',
  Strict({
    alert: Type.Optional(AlertSchema),
    /** Of who published, who co-signed and who ended it, each with its chain. */
    certificates: Type.Array(CertificateSchema, { maxItems: 3 * (CIVDEF_CHAIN_MAX + 1) }),
    /** Communities it passed, the first published it. */
    path: Type.Array(NodeIdSchema, { maxItems: CIVDEF_FORWARD_MAX_HOPS }),
    mirror: Type.Optional(MirrorSchema),
    /** Its end, where it had one when it was passed on. */
    cancellation: Type.Optional(CancellationSchema),
  }),
  {
    urgent: true,
    async verify({ alert, certificates, path, mirror, cancellation }, event) {
      if ((alert === undefined) === (mirror === undefined)) refuse('bad_request', 'carries one alert or one mirror', '/alert')
      if (cancellation && cancellation.alert_id !== alert?.alert_id) {
        refuse('bad_request', 'is the end of another alert', '/cancellation/alert_id')
      }
      if (mirror) checkMirror(mirror)
      if (!alert) return
      if (path.length === 0 || path.includes(event.community_id)) refuse('bad_request', 'comes from other communities', '/path')
      if (new Set(path).size !== path.length) refuse('bad_request', 'passes a community once', '/path')
      if (alert.target.roles.length > 0) refuse('bad_request', 'an alert for roles travels sealed', '/alert/target/roles')
      await checkAlert(alert)
      if (cancellation) await checkCancellation(cancellation)
      for (const certificate of certificates) await checkCertificate(certificate)
    },
  },
)

export const alertAcked = defineEvent('civdef.alert.acked', Strict({ ack: AckSchema }), {
  async verify({ ack }, event) {
    if (ack.acked_by !== event.author) refuse('invalid_signature', 'an ack is given by its author', '/ack/acked_by')
    await checkAck(ack)
  },
})

export const alertCancelled = defineEvent('civdef.alert.cancelled', Strict({ cancellation: CancellationSchema }), {
  urgent: true,
  async verify({ cancellation }, event) {
    if (cancellation.cancelled_by !== event.author) {
      refuse('invalid_signature', 'a cancellation is given by its author', '/cancellation/cancelled_by')
    }
    await checkCancellation(cancellation)
  },
})

/** An alert under a certificate that was taken back was refused here (CIV-2). */
export const alertDroppedRevoked = defineEvent(
  'civdef.alert.dropped.revoked',
  Strict({ alert_id: UlidSchema, cert_id: CertIdSchema }),
  { scope: 'device' },
)

/** An alert of a role scheme that this node does not know was delivered with that mark (CIV-7). */
export const alertForeignRole = defineEvent('civdef.alert.foreign_role', Strict({ alert_id: UlidSchema, role: RoleSchema }), {
  scope: 'device',
})

/** A certificate becomes known to the community; its chain is registered before it, or with it. */
export const roleRegistered = defineEvent(
  'civdef.role.registered',
  Strict({ certificate: CertificateSchema, chain: Type.Array(CertificateSchema, { maxItems: CIVDEF_CHAIN_MAX }) }),
  {
    async verify({ certificate, chain }) {
      for (const one of [certificate, ...chain]) await checkCertificate(one)
    },
  },
)

/** Whoever took it back may be no member here: the revocation carries its own signature, anyone may bring it (CIV-2). */
export const roleRevoked = defineEvent('civdef.role.revoked', Strict({ revocation: RevocationSchema }), {
  urgent: true,
  verify: ({ revocation }) => checkRevocation(revocation),
})

/** A checkpoint of its author's chain, with the witness lines it has so far (AUD-2, AUD-3). */
export const auditCheckpointed = defineEvent(
  'civdef.audit.checkpointed',
  Strict({ size: CountSchema, note: Type.String({ maxLength: 16 * 1024 }) }),
  {
    async verify({ size, note }, event) {
      const { body } = await openCheckpoint(note, event.author)
      if (body.size !== size) refuse('bad_request', 'is not the size of the checkpoint', '/size')
    },
  },
)

/** This device's own chain does not hold together; publishing is blocked (AUD-4). */
export const auditBroken = defineEvent('civdef.audit.broken', Strict({ first: AuditBreakSchema }), { scope: 'device' })

/**
 * An anchor names a trust root for the whole community, or takes it away: who may certify roles in which region (CIV-1). A
 * person adds further ones for their own device.
 */
export const rootChanged = defineEvent(
  'civdef.root.changed',
  Strict({
    root: NodeIdSchema,
    /** What it is called; null takes it away. */
    name: Type.Union([Type.String({ minLength: 1, maxLength: 80 }), Type.Null()]),
    region: RegionSchema,
  }),
)

// what only this device knows; screens ask again when one of these comes
export const walletChanged = defineEvent('civdef.wallet.changed', Strict({}), { scope: 'device' })
export const cosignChanged = defineEvent('civdef.cosign.changed', Strict({}), { scope: 'device' })
export const draftsChanged = defineEvent('civdef.draft.changed', Strict({}), { scope: 'device' })
export const auditChanged = defineEvent('civdef.audit.changed', Strict({}), { scope: 'device' })
export const feedChanged = defineEvent('civdef.feed.changed', Strict({}), { scope: 'device' })
export const placeChanged = defineEvent('civdef.place.changed', Strict({}), { scope: 'device' })
/** What should stand as a notification is another than before (CIV-8). */
export const noticeChanged = defineEvent('civdef.notice.changed', Strict({}), { scope: 'device' })
/** An incident began or ended, or a member's device began or ceased to answer (CIV-14). */
export const incidentChanged = defineEvent('civdef.incident.changed', Strict({}), { scope: 'device' })
/** A sealed alert for this device was opened: what it says can be read here (CIV-6). */
export const alertOpened = defineEvent('civdef.alert.opened', Strict({}), { scope: 'device' })
