import { CIVDEF_CERT_WARN_DAYS } from '#protocol/civdef/constants.ts'
import type { EndingNotice } from '#protocol/civdef/notice-capabilities.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { endingSoon } from '../role.ts'
import { type Seen, TAG } from './stand.ts'

/** Days before the end at which a person is told again: a word a month ahead is forgotten by the day it matters. */
const STAGES = [1, 3, 7, 14, CIVDEF_CERT_WARN_DAYS] as const

/** Whether somebody holds the same role longer by another certificate: then nothing ends. */
function isRenewed({ certificate }: CertificateRecord, all: readonly CertificateRecord[]): boolean {
  const { cert_id, holder, role, region, expires_at } = certificate
  return all.some(
    ({ certificate: other, state }) =>
      other.cert_id !== cert_id &&
      other.holder === holder &&
      other.role === role &&
      other.region === region &&
      other.expires_at > expires_at &&
      (state === 'good' || state === 'not_yet'),
  )
}

/** Certificates that end and concern this person, the soonest first (CIV-3). */
export function ending(
  all: readonly CertificateRecord[],
  person: NodeId,
  nameOf: (holder: NodeId) => string,
  ledger: readonly Seen[],
): EndingNotice[] {
  return endingSoon(all, person)
    .filter((record) => !isRenewed(record, all))
    .map(({ certificate, expires_in_days }) => {
      const { cert_id, title, holder, expires_at } = certificate
      const days = expires_in_days ?? 0
      const stage = STAGES.find((one) => days < one) ?? CIVDEF_CERT_WARN_DAYS
      const tag = `${TAG}cert:${cert_id}`
      const revision = `ends:${stage}`
      return {
        ...{ tag, revision, cert_id, title, holder, expires_at },
        holder_name: nameOf(holder),
        own: holder === person,
        expires_in_days: days,
        shown: ledger.some((seen) => seen.tag === tag && seen.revisions.includes(revision)),
      }
    })
}
