import { sha256 } from '@noble/hashes/sha2.js'
import { type Certificate, certificateOf, ISSUM, inSeconds, KLEVE, revocationOf } from '../../../client/alerts.ts'
import { canonical, type Json, toHex, utf8 } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const PUBLISH = 'experimental.civdef.alert.publish'
const CANCEL = 'experimental.civdef.alert.cancel'
const ACK = 'experimental.civdef.alert.ack'
const REGISTER = 'experimental.civdef.role.register'
const needs = ['call', 'person'] as const

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value))

/** A root of the suite that the person named, and a certificate it gives to the node under test. */
async function holding(
  context: Context,
  change: Draft = {},
): Promise<{ readonly root: Peer; readonly certificate: Certificate }> {
  const root = await context.lent('member', 'root')
  await context.does('experimental.civdef.root.set', { root: root.nodeId, name: 'Root of the suite', region: 'DE.NRW' })
  const certificate = certificateOf(root.identity, context.target.nodeId, { title: `By ${root.ulid()}`, ...change })
  return { root, certificate }
}

const register = (context: Context, certificate: Certificate): Promise<Json> =>
  context.seat.ask(REGISTER, asJson({ certificate, chain: [] }))

const draftOf = (certificate: Certificate, change: Draft = {}): Json =>
  asJson({
    draft: {
      severity: 'warning',
      language: 'de-DE',
      title: 'Probe',
      body: 'Dies ist eine Probe.',
      instructions: [],
      variants: [],
      target: { region: ISSUM, roles: [], channels: ['local'] },
      expires_at: inSeconds(3600),
      drill: false,
      publisher_cert: certificate.cert_id,
      ...change,
    },
  })

/** What the person's own node refuses to say, with the code that says why. */
const refused = (id: string, title: string, code: string, say: (context: Context) => Promise<Json>): Case => ({
  id,
  title,
  capability: PUBLISH,
  needs,
  async run(context) {
    const answer = await say(context)
    ensure(outcomeOf(answer) === code, code, answer)
  },
})

async function published(
  context: Context,
  change: Draft = {},
): Promise<{ readonly alert_id: string; readonly certificate: Certificate }> {
  const { certificate } = await holding(context)
  const registered = await register(context, certificate)
  ensure(outcomeOf(registered) === 'ok', 'a certificate that is registered', registered)
  const answer = await context.seat.ask(PUBLISH, draftOf(certificate, change))
  ensure(outcomeOf(answer) === 'ok', 'an alert that is published', answer)
  return { alert_id: String(member(answer, 'output', 'alert_id')), certificate }
}

/** What a person with a role does at the node under test. */
export const cases: readonly Case[] = [
  {
    id: 'CIV-4.publish',
    title: 'A person with a good certificate publishes, and members read the alert',
    capability: PUBLISH,
    needs,
    async run(context) {
      const { alert_id } = await published(context)
      const answer = await (await context.peer('member')).ask('experimental.civdef.alert.get', { key: alert_id })
      same(member(answer, 'output', 'record', 'alert', 'publisher'), context.target.nodeId, 'publisher')
    },
  },
  {
    id: 'CIV-4.once',
    title: 'Publishing the same alert twice publishes it once',
    capability: PUBLISH,
    needs,
    async run(context) {
      const { alert_id, certificate } = await published(context)
      const [first, second] = [
        await context.seat.ask(PUBLISH, draftOf(certificate, { alert_id })),
        await context.seat.ask(PUBLISH, draftOf(certificate, { alert_id })),
      ]
      same(member(second, 'output', 'content_id'), member(first, 'output', 'content_id'), 'content_id')
    },
  },
  refused(
    'CIV-1.code-unrecognised',
    'A certificate nobody has seen is civdef_cert_unrecognised',
    'civdef_cert_unrecognised',
    async (context) => {
      const { certificate } = await holding(context)
      return context.seat.ask(PUBLISH, draftOf(certificate))
    },
  ),
  refused(
    'CIV-1.code-not-owned',
    'The certificate of somebody else is civdef_cert_not_owned',
    'civdef_cert_not_owned',
    async (context) => {
      const { root } = await holding(context)
      const certificate = certificateOf(root.identity, root.nodeId)
      await register(context, certificate)
      return context.seat.ask(PUBLISH, draftOf(certificate))
    },
  ),
  refused(
    'CIV-1.code-invalid',
    'A certificate that ends before the alert is civdef_cert_invalid',
    'civdef_cert_invalid',
    async (context) => {
      const { certificate } = await holding(context, { expires_at: inSeconds(600) })
      await register(context, certificate)
      return context.seat.ask(PUBLISH, draftOf(certificate))
    },
  ),
  refused(
    'CIV-1.code-scope',
    'A certificate without alert.publish is civdef_cert_out_of_scope',
    'civdef_cert_out_of_scope',
    async (context) => {
      const { certificate } = await holding(context, { scopes: ['acks.read'] })
      await register(context, certificate)
      return context.seat.ask(PUBLISH, draftOf(certificate))
    },
  ),
  refused(
    'CIV-2.code-revoked',
    'A certificate that was taken back is civdef_role_revoked',
    'civdef_role_revoked',
    async (context) => {
      const { root, certificate } = await holding(context)
      await register(context, certificate)
      await root.write('civdef.role.revoked', { revocation: revocationOf(root.identity, certificate.cert_id, null) })
      return context.seat.ask(PUBLISH, draftOf(certificate))
    },
  ),
  refused(
    'CIV-5.code-unsupported',
    'A region nothing is known of is civdef_region_unsupported',
    'civdef_region_unsupported',
    async (context) => {
      const { certificate } = await holding(context, { region: 'DE.HE.Kassel', role: 'DE.HE.Kassel.Feuerwehr.Wehrleiter' })
      return register(context, certificate)
    },
  ),
  refused(
    'CIV-4.code-target',
    'A target beyond the certificate is civdef_alert_target_invalid',
    'civdef_alert_target_invalid',
    async (context) => {
      const { certificate } = await holding(context)
      await register(context, certificate)
      return context.seat.ask(PUBLISH, draftOf(certificate, { target: { region: KLEVE, roles: [], channels: ['local'] } }))
    },
  ),
  refused(
    'CIV-4.code-cosignature',
    'An emergency without a co-signature is civdef_cert_out_of_scope',
    'civdef_cert_out_of_scope',
    async (context) => {
      const { certificate } = await holding(context)
      await register(context, certificate)
      return context.seat.ask(PUBLISH, draftOf(certificate, { severity: 'emergency' }))
    },
  ),
  refused(
    'CIV-10.code-unknown',
    'Ending an alert nobody knows is civdef_alert_not_found',
    'civdef_alert_not_found',
    async (context) => {
      const { root, certificate } = await holding(context)
      await register(context, certificate)
      return context.seat.ask(CANCEL, { alert_id: root.ulid(), cert_id: certificate.cert_id, reason: 'over', all_clear: true })
    },
  ),
  {
    id: 'CIV-11.limit',
    title: 'The sixth answer within a minute is civdef_ack_rate_limited, and says when the next may come',
    capability: ACK,
    needs,
    async run(context) {
      const { alert_id, certificate } = await published(context)
      const answer = (): Promise<Json> => context.seat.ask(ACK, { alert_id, status: 'received', cert_id: certificate.cert_id })
      for (let given = 0; given < 5; given++) {
        const taken = await answer()
        ensure(outcomeOf(taken) === 'ok', 'five answers that are taken', taken)
      }
      const sixth = await answer()
      ensure(outcomeOf(sixth) === 'civdef_ack_rate_limited', 'civdef_ack_rate_limited', sixth)
      ensure(typeof member(sixth, 'error', 'retry_after_ms') === 'number', 'retry_after_ms', sixth)
    },
  },
  {
    id: 'CIV-11.residents',
    title: 'Answers of residents to an alert for everyone are not collected unless the policy says so',
    capability: ACK,
    needs,
    async run(context) {
      const { alert_id } = await published(context)
      const answer = await context.seat.ask(ACK, { alert_id, status: 'received' })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'AUD-1.published',
    queue: 'alone',
    title: 'What is published is in the audit chain, with the hash of the very alert',
    capability: 'experimental.civdef.audit.export',
    needs,
    async run(context) {
      const { alert_id } = await published(context)
      const record = member(
        await (await context.peer('member')).ask('experimental.civdef.alert.get', { key: alert_id }),
        'output',
        'record',
        'alert',
      )
      const file = String(
        member(await context.does('experimental.civdef.audit.export', { format: 'jsonl', alert_id }), 'content'),
      )
      const entries = file
        .split('\n')
        .filter((line) => line.includes('"kind":"entry"'))
        .map((line) => member(JSON.parse(line), 'entry'))
        .filter((entry) => member(entry, 'alert_id') === alert_id)
      same(
        entries.map((entry) => [member(entry, 'event'), member(entry, 'payload_sha')]),
        [['published', `sha256:${toHex(sha256(utf8(canonical(record))))}`]],
        'entries about it',
      )
    },
  },
  {
    id: 'CIV-3.ending',
    title: 'A certificate that ends within thirty days says so to its holder, and one that lasts does not',
    capability: 'experimental.civdef.wallet.get',
    needs,
    async run(context) {
      const left = async (days: number): Promise<Json | undefined> => {
        const { certificate } = await holding(context, { expires_at: inSeconds(days * 86_400 + 3600) })
        await register(context, certificate)
        const own = member(await context.does('experimental.civdef.wallet.get', {}), 'own')
        const record = (Array.isArray(own) ? own : []).find(
          (one: Json) => member(one, 'certificate', 'cert_id') === certificate.cert_id,
        )
        return member(record, 'expires_in_days')
      }
      same([await left(29), await left(31)], [29, null], 'days left')
    },
  },
]
