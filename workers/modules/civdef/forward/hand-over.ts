import type { Static } from '@sinclair/typebox'
import { type Alert, type Cancellation, checkAlert, checkCancellation } from '#protocol/civdef/alert.ts'
import { type Certificate, checkCertificate } from '#protocol/civdef/certificate.ts'
import { CIVDEF_FORWARD_MAX_HOPS } from '#protocol/civdef/constants.ts'
import type { HandOverSchema } from '#protocol/civdef/exchange-capabilities.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'

// A device is in one community, so an alert crosses to another over federation, or in a person's hand: as a file, or as a QR code from
// one screen to the next. Nobody has to be believed on the way: the alert carries its signature, and its certificates come with it.

export type HandOver = Static<typeof HandOverSchema>

const refuse = (message: string, field: string): never => {
  throw new HearthError('bad_request', message, { data: { field } })
}

/** A role-restricted alert is for holders here, and one that its publisher did not send to others stays (CIV-6). @throws HearthError `civdef_alert_target_invalid` */
function requirePublic({ target }: Alert, chosen: boolean): void {
  const stays = (message: string, field: string): never => {
    throw new HearthError('civdef_alert_target_invalid', message, { data: { field } })
  }
  if (target.roles.length > 0) stays('an alert for roles is not handed to another community', '/alert/target/roles')
  if (chosen && !target.channels.includes('federation')) {
    stays('its publisher did not send it to other communities', '/alert/target/channels')
  }
}

/** No circle, and no further than agreed. @throws HearthError `bad_request` */
function requirePath(passed: readonly NodeId[], here: NodeId): void {
  if (passed.length === 0) refuse('names no community that it comes from', '/path')
  if (passed.includes(here)) refuse('has been in this community already', '/path')
  if (new Set(passed).size !== passed.length) refuse('passes a community twice', '/path')
  if (passed.length > CIVDEF_FORWARD_MAX_HOPS) refuse('has passed as many communities as an alert may', '/path')
}

export interface Leaving {
  readonly alert: Alert
  readonly cancellation: Cancellation | null
  /** Communities it passed before this one. */
  readonly path: readonly NodeId[]
  /** This community. */
  readonly from: NodeId
  readonly find: (id: CertId) => Certificate | null
}

/** @throws HearthError `civdef_alert_target_invalid`, `bad_request` where it may go no further */
export function handOver({ alert, cancellation: end, path: before, from, find }: Leaving): HandOver {
  requirePublic(alert, true)
  if (before.length >= CIVDEF_FORWARD_MAX_HOPS) refuse('has passed as many communities as an alert may', '/path')
  const named = [alert.publisher_cert, alert.issuer_attestation?.cosigner_cert, end?.canceller_cert]
  const first = named.flatMap((id) => (id === undefined ? [] : (find(id) ?? [])))
  const above = first.flatMap(({ issuer_chain }) => issuer_chain.flatMap((id) => find(id) ?? []))
  const distinct = new Map([...first, ...above].map((one) => [one.cert_id, one]))
  return { alert, certificates: [...distinct.values()], path: [...before, from], ...(end ? { cancellation: end } : {}) }
}

/**
 * What the bytes themselves decide; whether the publisher may speak here is decided where this community's roots are.
 * @throws HearthError `bad_request`, `civdef_alert_target_invalid`, `invalid_signature`, `civdef_cert_invalid`
 */
export async function checkHandOver(brought: HandOver, here: NodeId): Promise<void> {
  requirePath(brought.path, here)
  requirePublic(brought.alert, false)
  await checkAlert(brought.alert)
  if (brought.cancellation) {
    if (brought.cancellation.alert_id !== brought.alert.alert_id)
      refuse('is the end of another alert', '/cancellation/alert_id')
    await checkCancellation(brought.cancellation)
  }
  for (const certificate of brought.certificates) await checkCertificate(certificate)
}
