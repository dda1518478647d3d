import {
  alertOf,
  attestationOf,
  certificateOf,
  contentOf,
  ISSUM,
  inSeconds,
  KLEVE,
  revocationOf,
} from '../../../client/alerts.ts'
import { asJson, brigade, cosigned, decided, follows, GET, LIST, needs, says } from '../../../client/brigade.ts'
import type { Json } from '../../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'

/** Who may say what to whom, and what a node makes of it. */
export const cases: readonly Case[] = [
  {
    id: 'CIV-7.believed',
    title: 'An alert under a good certificate is served to members with the certificates that carry it',
    capability: GET,
    needs,
    async run(context) {
      const people = await brigade(context)
      const key = await says(people.lead, people.leadCert)
      const answer = await people.staff.ask(GET, { key })
      same(member(answer, 'output', 'record', 'state'), 'active', 'state')
      same(member(answer, 'output', 'record', 'alert', 'alert_id'), key, 'alert')
      const shown = member(answer, 'output', 'certificates')
      const ids = Array.isArray(shown) ? shown.map((one: Json) => member(one, 'certificate', 'cert_id')) : []
      same(ids, [people.leadCert.cert_id, people.staffCert.cert_id], 'certificates, nearest first')
    },
  },
  {
    id: 'CIV-7.stranger',
    title: 'A stranger is told of no alert',
    capability: LIST,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask(LIST, { limit: 5 })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'CIV-7.unknown',
    title: 'An alert nobody knows is civdef_alert_not_found',
    capability: GET,
    needs: ['call'],
    async run({ peer }) {
      const asker = await peer('member')
      const answer = await asker.ask(GET, { key: asker.ulid() })
      ensure(outcomeOf(answer) === 'civdef_alert_not_found', 'civdef_alert_not_found', answer)
    },
  },
  decided(
    'CIV-1.no-root',
    'An alert under a certificate that ends at no root is not believed',
    async ({ lead }) => {
      const self = certificateOf(lead.identity, lead.nodeId)
      await lead.write('civdef.role.registered', asJson({ certificate: self, chain: [] }))
      return says(lead, self)
    },
    { delivery: 'refuse', rule: 'certificate', code: 'no_root' },
  ),
  decided(
    'CIV-1.unknown-certificate',
    'An alert under a certificate nobody has seen is not believed',
    ({ staff, lead }) => says(lead, certificateOf(staff.identity, lead.nodeId, { title: 'Never registered' })),
    { delivery: 'refuse', rule: 'certificate', code: 'unknown' },
  ),
  decided(
    'CIV-1.not-owned',
    'An alert under the certificate of somebody else is not believed',
    ({ staff, leadCert }) => says(staff, leadCert),
    { delivery: 'refuse', rule: 'certificate', code: 'not_owned' },
  ),
  decided(
    'CIV-1.expired',
    'A certificate that ended carries nothing',
    async ({ lead, staff, staffCert }) => {
      const old = certificateOf(staff.identity, lead.nodeId, {
        issuer_chain: [staffCert.cert_id],
        expires_at: inSeconds(-3600),
      })
      await lead.write('civdef.role.registered', asJson({ certificate: old, chain: [] }))
      return says(lead, old)
    },
    { delivery: 'refuse', rule: 'certificate', code: 'expired' },
  ),
  decided(
    'CIV-1.outlives',
    'An alert that outlives its certificate is not believed',
    async ({ lead, staff, staffCert }) => {
      const short = certificateOf(staff.identity, lead.nodeId, {
        issuer_chain: [staffCert.cert_id],
        expires_at: inSeconds(600),
      })
      await lead.write('civdef.role.registered', asJson({ certificate: short, chain: [] }))
      return says(lead, short)
    },
    { delivery: 'refuse', rule: 'certificate', code: 'expired' },
  ),
  decided(
    'CIV-1.tomorrow',
    'A certificate that begins tomorrow carries nothing today',
    async ({ lead, staff, staffCert }) => {
      const early = certificateOf(staff.identity, lead.nodeId, {
        issuer_chain: [staffCert.cert_id],
        issued_at: inSeconds(86_400),
      })
      await lead.write('civdef.role.registered', asJson({ certificate: early, chain: [] }))
      return says(lead, early)
    },
    { delivery: 'refuse', rule: 'certificate', code: 'not_yet' },
  ),
  decided(
    'CIV-1.issuer-may-not',
    'Who may not issue makes nobody anything',
    async ({ lead, leadCert, staff, staffCert }) => {
      const helper = certificateOf(staff.identity, lead.nodeId, {
        issuer_chain: [staffCert.cert_id],
        scopes: ['alert.publish'],
        title: 'Without the right to issue',
      })
      const below = certificateOf(lead.identity, staff.nodeId, {
        role: `${ISSUM}.Feuerwehr.Zugfuehrer`,
        scopes: ['alert.publish'],
        issuer_chain: [helper.cert_id, ...leadCert.issuer_chain],
      })
      await staff.write('civdef.role.registered', asJson({ certificate: below, chain: [helper] }))
      return says(staff, below)
    },
    { delivery: 'refuse', rule: 'certificate', code: 'issuer_may_not_issue' },
  ),
  decided(
    'CIV-2.revoked',
    'A certificate that its issuer took back carries nothing any more, not even what was said before',
    async ({ lead, leadCert, staff, staffCert }) => {
      const key = await says(lead, leadCert)
      await staff.write('civdef.role.revoked', {
        revocation: revocationOf(staff.identity, leadCert.cert_id, staffCert.cert_id),
      })
      return key
    },
    { delivery: 'refuse', rule: 'revocation', code: 'revoked' },
  ),
  decided(
    'CIV-2.root-revokes',
    'A root takes back what hangs below it, and it is effective on receipt',
    async ({ root, lead, leadCert, staffCert }) => {
      const key = await says(lead, leadCert)
      await root.write('civdef.role.revoked', { revocation: revocationOf(root.identity, staffCert.cert_id, null) })
      return key
    },
    { delivery: 'refuse', rule: 'revocation', code: 'revoked' },
  ),
  decided(
    'CIV-2.stranger-revokes',
    'A revocation by somebody who may not changes nothing',
    async ({ lead, leadCert }, { lent }) => {
      const other = await lent('member')
      await other.write('civdef.role.revoked', { revocation: revocationOf(other.identity, leadCert.cert_id, null) })
      return says(lead, leadCert)
    },
    { delivery: 'notify', rule: 'revocation', code: 'none' },
  ),
  decided(
    'CIV-4.scope',
    'A target beyond the certificate’s region is not believed',
    ({ lead, leadCert }) => says(lead, leadCert, { target: { region: KLEVE, roles: [], channels: ['local'] } }),
    { delivery: 'refuse', rule: 'scope', code: 'target_outside' },
  ),
  decided(
    'CIV-4.prefix',
    'A region whose name begins with the certificate’s is another region (CIV-5)',
    ({ lead, leadCert }) => says(lead, leadCert, { target: { region: `${ISSUM}2`, roles: [], channels: ['local'] } }),
    { delivery: 'refuse', rule: 'scope', code: 'target_outside' },
  ),
  decided(
    'CIV-4.too-severe',
    'An alert louder than its role may be is not believed',
    async ({ lead, leadCert }, { lent }) => {
      const leader = await lent('member', 'holder')
      const certificate = certificateOf(lead.identity, leader.nodeId, {
        role: `${ISSUM}.Feuerwehr.Zugfuehrer`,
        scopes: ['alert.publish'],
        issuer_chain: [leadCert.cert_id, ...leadCert.issuer_chain],
      })
      await leader.write('civdef.role.registered', asJson({ certificate, chain: [] }))
      return says(leader, certificate, { severity: 'emergency' })
    },
    { delivery: 'refuse', rule: 'scope', code: 'too_severe' },
  ),
  decided(
    'CIV-4.no-cosignature',
    'An emergency without a co-signature is not believed',
    ({ lead, leadCert }) => says(lead, leadCert, { severity: 'emergency' }),
    { delivery: 'refuse', rule: 'cosignature', code: 'missing' },
  ),
  decided(
    'CIV-4.own-cosignature',
    'Nobody co-signs their own alert',
    async ({ lead, leadCert }) => {
      const content = contentOf(lead, leadCert, { severity: 'emergency' })
      const { alert_id, event } = alertOf(lead, content, {
        issuer_attestation: attestationOf(lead.identity, leadCert, content),
      })
      await follows(lead, event)
      return alert_id
    },
    { delivery: 'refuse', rule: 'cosignature', code: 'own' },
  ),
  decided(
    'CIV-4.cosigned',
    'An emergency with the co-signature of a higher tier notifies',
    (people) => cosigned(people, { severity: 'emergency' }),
    { delivery: 'notify', rule: 'cosignature', code: 'cosigned' },
  ),
  decided(
    'CIV-4.extreme',
    'An extreme alert with the co-signature of a higher tier is an alarm',
    (people) => cosigned(people, { severity: 'extreme' }),
    { delivery: 'alarm', rule: 'severity', code: 'extreme' },
  ),
  decided(
    'CIV-7.foreign-role',
    'A role that no scheme knows is delivered with its mark, and never as an alarm',
    async ({ root }, { lent }) => {
      const holder = await lent('member', 'holder')
      const certificate = certificateOf(root.identity, holder.nodeId, {
        role: `${ISSUM}.Bauhof.Leiter`,
        scopes: ['alert.publish'],
      })
      await holder.write('civdef.role.registered', asJson({ certificate, chain: [] }))
      return says(holder, certificate)
    },
    { delivery: 'notify', rule: 'scheme', code: 'foreign_role', mark: 'foreign_role' },
  ),
  decided(
    'CIV-9.drill',
    'A drill is marked, and silent for who does not take part',
    (people) => cosigned(people, { severity: 'extreme', drill: true }),
    { delivery: 'list', rule: 'drill', code: 'stays_quiet', mark: 'drill' },
  ),
]
