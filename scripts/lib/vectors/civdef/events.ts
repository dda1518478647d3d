import { cosignCheckpoint, formatCheckpoint, logName, signNote, withLine } from '#protocol/civdef/note.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import { signedEvent } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf, type People } from '../seeded.ts'
import { ALERT_ID, alertBy, type BrigadeCerts, contentBy, NOW, REGION, revocationBy, seconds } from './make.ts'

/** What of civil defence travels in the log. */
export async function events(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { anna, bert, carla, stranger } = all
  const event = async (signer: Signer, event_type: string, data: object) => ({
    community_id: anna.nodeId,
    event: await signedEvent(signer, anna.nodeId, { event_type, data }),
  })
  const yes = async (name: string, comment: string, by: Signer, type: string, data: object): Promise<Vector> =>
    good(name, comment, await event(by, type, data))
  const no = async (
    name: string,
    catches: string,
    by: Signer,
    type: string,
    data: object,
    error = 'bad_request',
  ): Promise<Vector> => bad(name, catches, await event(by, type, data), error)
  const alert = await alertBy(carla, contentBy(all, certs))
  const forRoles = await alertBy(carla, {
    ...contentBy(all, certs),
    target: { region: REGION, roles: ['DE.NRW.Kleve.THW'], channels: ['local'] },
  })
  const ack = (by: Signer, change: object = {}) =>
    signRecord(by, { alert_id: ALERT_ID, status: 'received', acked_by: by.nodeId, acked_at: seconds(60), ...change })
  const cancellation = await signRecord(carla, {
    ...{ alert_id: ALERT_ID, cancelled_by: carla.nodeId, canceller_cert: certs.lead.cert_id },
    ...{ cancelled_at: seconds(60), reason: 'Pegel fällt', all_clear: true },
  })
  const revocation = await revocationBy(bert, certs.lead.cert_id, certs.staff.cert_id)
  const origin = logName(carla.nodeId)
  const text = formatCheckpoint({ origin, size: 3, root: bytesOf('civdef root', 32), extensions: [] })
  const note = withLine(await signNote(carla, origin, text), await cosignCheckpoint(bert, text, NOW / 1000))
  const published = 'civdef.alert.published'
  const acked = 'civdef.alert.acked'
  const forwarded = 'civdef.alert.forwarded'
  const passed = { alert, certificates: [certs.lead, certs.staff] }
  return {
    name: 'events',
    operation: 'event.accept',
    rule: 'CIV-7',
    about: 'Events of civil defence in the log. Whether a role may do it is decided by every receiver for itself.',
    vectors: [
      await yes('an alert', 'By its publisher', carla, published, { alert }),
      await no(
        'an alert brought by somebody else',
        'whoever passes it on is its publisher',
        bert,
        published,
        { alert },
        'invalid_signature',
      ),
      await no(
        'an alert changed on its way',
        'the alert’s own signature is not checked',
        carla,
        published,
        { alert: { ...alert, severity: 'extreme' } },
        'invalid_signature',
      ),
      await no('an alert for roles in the clear', 'relays can read it', carla, published, { alert: forRoles }),
      await no('nothing at all', 'an alert may be missing', carla, published, {}),
      await no(
        'an alert with a field more',
        'what is not in the contract is let in',
        carla,
        published,
        { alert, note: 'x' },
        'schema_mismatch',
      ),
      await yes('an ack', 'By who gives it', bert, acked, { ack: await ack(bert, { note: 'Komme' }) }),
      await no(
        'an ack for somebody else',
        'acks are counted for anybody',
        stranger,
        acked,
        { ack: await ack(bert) },
        'invalid_signature',
      ),
      await no(
        'an ack changed on its way',
        'the ack’s own signature is not checked',
        bert,
        acked,
        { ack: { ...(await ack(bert)), status: 'need_help' } },
        'invalid_signature',
      ),
      await no(
        'a note of 281 characters',
        'no upper limit',
        bert,
        acked,
        { ack: await ack(bert, { note: 'x'.repeat(281) }) },
        'schema_mismatch',
      ),
      await no(
        'a status nobody knows',
        'states are free text',
        bert,
        acked,
        { ack: await ack(bert, { status: 'ok' }) },
        'schema_mismatch',
      ),
      await yes('the end of an alert', 'Whether it counts is decided later (CIV-10)', carla, 'civdef.alert.cancelled', {
        cancellation,
      }),
      await no(
        'an end in the name of somebody else',
        'the author is not compared',
        bert,
        'civdef.alert.cancelled',
        { cancellation },
        'invalid_signature',
      ),
      await yes('a certificate with its chain', 'Anyone may bring it', bert, 'civdef.role.registered', {
        certificate: certs.lead,
        chain: [certs.staff],
      }),
      await no(
        'a certificate changed on its way',
        'ids are taken at their word',
        bert,
        'civdef.role.registered',
        { certificate: { ...certs.lead, title: 'Landrat' }, chain: [] },
        'civdef_cert_invalid',
      ),
      await no(
        'a wrong certificate in the chain',
        'only the first is checked',
        bert,
        'civdef.role.registered',
        { certificate: certs.lead, chain: [{ ...certs.staff, title: 'x' }] },
        'civdef_cert_invalid',
      ),
      await yes('a revocation', 'Carries its own signature; anyone may bring it (CIV-2)', stranger, 'civdef.role.revoked', {
        revocation,
      }),
      await no(
        'a revocation changed on its way',
        'its own signature is not checked',
        bert,
        'civdef.role.revoked',
        { revocation: { ...revocation, cert_id: certs.staff.cert_id } },
        'civdef_cert_invalid',
      ),
      await yes('an alert of another community', 'With the certificates to check it', bert, forwarded, {
        ...passed,
        path: [stranger.nodeId],
      }),
      await no('an alert from nowhere', 'a path may be empty', bert, forwarded, { ...passed, path: [] }),
      await no('an alert that was here before', 'circles are not seen', bert, forwarded, {
        ...passed,
        path: [stranger.nodeId, anna.nodeId],
      }),
      await no('a community twice on the path', 'circles are not seen', bert, forwarded, {
        ...passed,
        path: [stranger.nodeId, stranger.nodeId],
      }),
      await no(
        'nine communities',
        'paths have no end',
        bert,
        forwarded,
        { ...passed, path: Array(9).fill(stranger.nodeId) },
        'schema_mismatch',
      ),
      await no('an alert for roles from elsewhere in the clear', 'relays can read it', bert, forwarded, {
        ...passed,
        alert: forRoles,
        path: [stranger.nodeId],
      }),
      await yes('a checkpoint', 'By the owner of the log', carla, 'civdef.audit.checkpointed', { size: 3, note }),
      await no('a checkpoint of another size', 'the number is not compared', carla, 'civdef.audit.checkpointed', {
        size: 4,
        note,
      }),
      await no('the checkpoint of somebody else', 'the author is not compared', bert, 'civdef.audit.checkpointed', {
        size: 3,
        note,
      }),
    ],
  }
}
