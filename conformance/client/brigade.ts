import { type Case, ensure, member, same } from '../harness/case.ts'
import type { Context } from '../harness/context.ts'
import { alertOf, attestationOf, type Certificate, certificateOf, contentOf, KLEVE } from './alerts.ts'
import type { Json } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer, SignedEvent } from './peer.ts'

export const GET = 'experimental.civdef.alert.get'
export const LIST = 'experimental.civdef.alert.list'
export const EXPLAIN = 'experimental.civdef.alert.explain'
export const SUBSCRIBE = 'experimental.civdef.alert.subscribe'
export const HEARTBEAT = 'experimental.civdef.heartbeat'
export const ACKS = 'experimental.civdef.alert.acks'
export const needs = ['wire', 'sync', 'person'] as const

/** People of one case: a root that the community's founder named, the crisis staff of the Kreis, a fire service lead. */
export interface Brigade {
  readonly root: Peer
  readonly staff: Peer
  readonly lead: Peer
  readonly staffCert: Certificate
  readonly leadCert: Certificate
}

export const asJson = (value: object): Json => JSON.parse(JSON.stringify(value))

export async function brigade({ lent, does }: Context): Promise<Brigade> {
  const [root, staff, lead] = [await lent('member', 'root'), await lent('member', 'staff'), await lent('member', 'lead')]
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

export async function says(peer: Peer, certificate: Certificate, change: Draft = {}, late: Draft = {}): Promise<string> {
  const { alert_id, event } = alertOf(peer, contentOf(peer, certificate, change), late)
  await follows(peer, event)
  return alert_id
}

/** Gives an event that must be taken, and goes on from it. */
export async function follows(peer: Peer, event: SignedEvent): Promise<void> {
  ensure(await peer.gives(event), `a ${event.event_type} that is taken`, 'refused')
  peer.follow(event)
}

export const delivery = async ({ does }: Context, key: string): Promise<Json> => (await does(EXPLAIN, { key })) ?? null
export const reasonOf = (decision: Json, rule: string): Json | undefined => {
  const reasons = member(decision, 'reasons')
  return Array.isArray(reasons) ? reasons.find((one: Json) => member(one, 'rule') === rule) : undefined
}

/** What the node decides about an alert, by the rule that decides it (CIV-12). */
export const decided = (
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

export async function cosigned({ lead, leadCert, staff, staffCert }: Brigade, change: Draft): Promise<string> {
  const content = contentOf(lead, leadCert, change)
  const { alert_id, event } = alertOf(lead, content, {
    issuer_attestation: attestationOf(staff.identity, staffCert, content),
  })
  await follows(lead, event)
  return alert_id
}

export const stateOf = async (peer: Peer, key: string): Promise<Json | undefined> =>
  member(await peer.ask(GET, { key }), 'output', 'record', 'state')
