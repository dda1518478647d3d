import {
  ackOf,
  alertOf,
  attestationOf,
  type Certificate,
  cancellationOf,
  certificateOf,
  contentOf,
  ISSUM,
  inSeconds,
  KLEVE,
  revocationOf,
} from '../../../client/alerts.ts'
import type { Json } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const GET = 'experimental.civdef.alert.get'
const LIST = 'experimental.civdef.alert.list'
const EXPLAIN = 'experimental.civdef.alert.explain'
const SUBSCRIBE = 'experimental.civdef.alert.subscribe'
const HEARTBEAT = 'experimental.civdef.heartbeat'
const ACKS = 'experimental.civdef.alert.acks'
const needs = ['wire', 'sync', 'person'] as const

/** People of one case: a root that the community's founder named, the crisis staff of the Kreis, a fire service lead. */
interface Brigade {
  readonly root: Peer
  readonly staff: Peer
  readonly lead: Peer
  readonly staffCert: Certificate
  readonly leadCert: Certificate
}

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value))

async function brigade({ fresh, absent, does }: Context): Promise<Brigade> {
  const [root, staff, lead] = [await absent(), await absent(), await fresh('member')]
  await does('experimental.civdef.root.set', { root: root.nodeId, name: 'Root of the suite', region: 'DE.NRW' })
  const staffCert = certificateOf(root.identity, staff.nodeId, {
    role: `${KLEVE}.KatS.Stabsleiter`,
    region: KLEVE,
    scopes: ['alert.publish', 'alert.cosign', 'role.issue'],
    title: 'Crisis staff',
  })
  const leadCert = certificateOf(staff.identity, lead.nodeId, { issuer_chain: [staffCert.cert_id] })
  await lead.write('civdef.role.registered', asJson({ certificate: leadCert, chain: [staffCert] }))
  return { root, staff, lead, staffCert, leadCert }
}

async function says(peer: Peer, certificate: Certificate, change: Draft = {}, late: Draft = {}): Promise<string> {
  const { alert_id, event } = alertOf(peer, contentOf(peer, certificate, change), late)
  ensure(await peer.gives(event), 'an alert that is taken', 'refused')
  peer.follow(event)
  return alert_id
}

const delivery = async ({ does }: Context, key: string): Promise<Json> => (await does(EXPLAIN, { key })) ?? null
const reasonOf = (decision: Json, rule: string): Json | undefined => {
  const reasons = member(decision, 'reasons')
  return Array.isArray(reasons) ? reasons.find((one: Json) => member(one, 'rule') === rule) : undefined
}

/** What the node decides about an alert, by the rule that decides it (CIV-12). */
const decided = (
  id: string,
  title: string,
  say: (people: Brigade, context: Context) => Promise<string>,
  expected: { readonly delivery: string; readonly rule: string; readonly code: string; readonly mark?: string },
): Case => ({
  id,
  title,
  capability: EXPLAIN,
  needs,
  async run(context) {
    const key = await say(await brigade(context), context)
    const decision = await delivery(context, key)
    same(member(decision, 'delivery'), expected.delivery, 'delivery')
    same(member(reasonOf(decision, expected.rule), 'code'), expected.code, `code of ${expected.rule}`)
    const marks = member(decision, 'marks')
    if (expected.mark) ensure(Array.isArray(marks) && marks.includes(expected.mark), `the mark ${expected.mark}`, marks)
  },
})

async function cosigned({ lead, leadCert, staff, staffCert }: Brigade, change: Draft): Promise<string> {
  const content = contentOf(lead, leadCert, change)
  const { alert_id, event } = alertOf(lead, content, {
    issuer_attestation: attestationOf(staff.identity, staffCert, content),
  })
  ensure(await lead.gives(event), 'an alert that is taken', 'refused')
  return alert_id
}

const stateOf = async (peer: Peer, key: string): Promise<Json | undefined> =>
  member(await peer.ask(GET, { key }), 'output', 'record', 'state')

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
    async ({ lead, leadCert }, { fresh }) => {
      const other = await fresh('member')
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
    async ({ lead, leadCert }, { fresh }) => {
      const leader = await fresh('member')
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
      await lead.gives(event)
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
    async ({ root }, { fresh }) => {
      const holder = await fresh('member')
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
  {
    id: 'CIV-8.replaced',
    title: 'An alert that takes the place of another leaves one of the two active',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const first = await says(lead, leadCert)
      const second = await says(lead, leadCert, { replaces: first })
      same([await stateOf(staff, first), await stateOf(staff, second)], ['replaced', 'active'], 'states')
    },
  },
  {
    id: 'CIV-8.replaced-by-another',
    title: 'Nobody replaces the alert of somebody of their own tier',
    capability: GET,
    needs,
    async run(context) {
      const { root, lead, leadCert } = await brigade(context)
      const first = await says(lead, leadCert)
      const other = await context.fresh('member')
      const certificate = certificateOf(root.identity, other.nodeId, {
        role: 'DE.NRW.Kleve.DRK.Ortsverein.Bereitschaftsleiter',
        region: KLEVE,
        scopes: ['alert.publish'],
      })
      await other.write('civdef.role.registered', asJson({ certificate, chain: [] }))
      await says(other, certificate, { severity: 'advisory', replaces: first })
      same(await stateOf(other, first), 'active', 'state')
    },
  },
  {
    id: 'CIV-10.cancelled',
    title: 'Its publisher ends an alert, and it stays readable',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const key = await says(lead, leadCert)
      ensure(await lead.gives(cancellationOf(lead, key, leadCert)), 'taken', 'refused')
      const answer = await staff.ask(GET, { key })
      same(member(answer, 'output', 'record', 'state'), 'cancelled', 'state')
      ensure(isObject(member(answer, 'output', 'record', 'alert')), 'the alert', answer)
    },
  },
  {
    id: 'CIV-10.higher-tier',
    title: 'A higher tier over its target ends an alert',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff, staffCert } = await brigade(context)
      const key = await says(lead, leadCert)
      ensure(await staff.gives(cancellationOf(staff, key, staffCert)), 'taken', 'refused')
      same(await stateOf(staff, key), 'cancelled', 'state')
    },
  },
  {
    id: 'CIV-10.stranger',
    title: 'The end of an alert by somebody without a role changes nothing',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const key = await says(lead, leadCert)
      const other = await context.fresh('member')
      await other.gives(cancellationOf(other, key, certificateOf(other.identity, other.nodeId)))
      await other.gives(cancellationOf(other, key, leadCert))
      same(await stateOf(staff, key), 'active', 'state')
    },
  },
  {
    id: 'CIV-11.board',
    title: 'Answers are counted once a person, the last one of each, and those of roles by their role',
    capability: ACKS,
    needs,
    async run(context) {
      const { lead, leadCert, staff, staffCert } = await brigade(context)
      const key = await says(lead, leadCert)
      await staff.write('civdef.alert.acked', ackOf(staff, key, { acker_cert: staffCert.cert_id }).data ?? null)
      const changed = ackOf(staff, key, { status: 'acting', acker_cert: staffCert.cert_id, acked_at: inSeconds(1) })
      await staff.write('civdef.alert.acked', changed.data ?? null)
      const board = await context.does(ACKS, { alert_id: key })
      const text = JSON.stringify(board)
      ensure(text.includes('acting') && text.includes(staffCert.role), 'the last word of the crisis staff', board)
    },
  },
  {
    id: 'CIV-12.elsewhere',
    title: 'Who lives elsewhere is not shown an alert, and is told why',
    capability: EXPLAIN,
    needs,
    alone: true,
    async run(context) {
      const { lead, leadCert } = await brigade(context)
      const key = await says(lead, leadCert)
      await context.does('config.set', { civdef: { municipality: 'DE.NRW.Kleve.Geldern' } })
      const decision = await delivery(context, key)
      await context.does('config.set', { civdef: { municipality: '' } })
      same(member(decision, 'delivery'), 'hide', 'delivery')
      same(member(reasonOf(decision, 'region'), 'code'), 'elsewhere', 'code of region')
    },
  },
  {
    id: 'CIV-14.heartbeat',
    title: 'A heartbeat is answered with the alerts that reached the node, and with nothing else',
    capability: HEARTBEAT,
    needs,
    async run(context) {
      const people = await brigade(context)
      const key = await cosigned(people, { severity: 'emergency' })
      const answer = await people.staff.ask(HEARTBEAT, { holding: [] })
      const output = member(answer, 'output')
      ensure(isObject(output) && Object.keys(output).join() === 'holding', 'holding and nothing else', answer)
      const { holding } = output
      ensure(Array.isArray(holding) && holding.includes(key), 'the alert among them', answer)
    },
  },
  {
    id: 'CIV-14.stranger',
    title: 'A stranger gets no answer to a heartbeat',
    capability: HEARTBEAT,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask(HEARTBEAT, { holding: [] })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'CIV-8.followed',
    title: 'Who follows alerts hears of each as it comes and as it ends',
    capability: SUBSCRIBE,
    needs: [...needs, 'stream'],
    async run(context) {
      const { lead, leadCert } = await brigade(context)
      if (!context.seat.open) throw new Error('this target has no streaming calls')
      const talk = await context.seat.open(SUBSCRIBE, {})
      const next = async (key: string): Promise<Json | undefined> => {
        for (let heard = 0; heard < 20; heard++) {
          const message = await talk.hear(5_000)
          if (member(message, 'data', 'record', 'key') === key) return member(message, 'data', 'change')
          if (message === null) return undefined
        }
        return undefined
      }
      try {
        const key = await says(lead, leadCert)
        same(await next(key), 'published', 'change')
        ensure(await lead.gives(cancellationOf(lead, key, leadCert)), 'taken', 'refused')
        same(await next(key), 'cancelled', 'change')
      } finally {
        talk.abort()
      }
    },
  },
]
