import { defineFaults, faultsIn } from '../fault.ts'

const alert = faultsIn('civdef', 'protocol/src/civdef/alert.ts')
const certificate = faultsIn('civdef', 'protocol/src/civdef/certificate.ts')
const events = faultsIn('civdef', 'protocol/src/civdef/events.ts')
const terms = faultsIn('civdef', 'protocol/src/civdef/terms.ts')
const notes = faultsIn('civdef', 'protocol/src/civdef/note.ts')
const roles = faultsIn('civdef', 'workers/modules/civdef/role.ts')
const decision = faultsIn('civdef', 'workers/modules/civdef/decide.ts')
const knowledge = faultsIn('civdef', 'workers/modules/civdef/knowledge.ts')
const merkle = faultsIn('civdef', 'workers/modules/civdef/audit/merkle.ts')
const entries = faultsIn('civdef', 'workers/modules/civdef/audit/entry.ts')
const witness = faultsIn('civdef', 'workers/modules/civdef/audit/witness.ts')

/** CIV-1, CIV-2: who may. */
const CERTIFICATES = [
  certificate.instead('id-taken-at-its-word', {
    rule: 'CIV-1',
    original: 'cert_id !== certIdOf(certificate)',
    faulty: 'false',
    why: 'The id is a name like any other, and a chain of names fixes nothing.',
  }),
  certificate.instead('issuer-not-checked', {
    rule: 'CIV-1',
    original: '!(await verifyRecord(issuer, certificate))',
    faulty: 'false',
    why: 'The event is signed, so what is in it is believed.',
  }),
  certificate.instead('forged-revocations', {
    rule: 'CIV-2',
    original: '!(await verifyRecord(revocation.revoked_by, revocation))',
    faulty: 'false',
    why: 'Who brings a revocation is taken for who signed it.',
  }),
  roles.instead('any-root', {
    rule: 'CIV-1',
    original: 'one.root === below.issuer && within(certificate.region, one.region)',
    faulty: 'within(certificate.region, one.region)',
    why: 'A chain that is whole in itself is believed.',
  }),
  roles.instead('dates-of-the-last-only', {
    rule: 'CIV-1',
    original: '[certificate, ...chain]',
    faulty: '[certificate]',
    why: 'Only the certificate at hand is looked at; those above it may have ended or been taken back.',
  }),
  roles.instead('ends-not-looked-at', {
    rule: 'CIV-1',
    original: 'span.until > until',
    faulty: 'span.from > until',
    why: 'The certificate holds when the alert is given, and the alert outlives it.',
  }),
  roles.instead('starts-not-looked-at', {
    rule: 'CIV-1',
    original: 'span.from < from - SKEW_MS',
    faulty: 'false',
    why: 'What is signed holds, also before its day.',
  }),
  roles.instead('anybody-issues', {
    rule: 'CIV-1',
    original: `!issuer.scopes.includes('role.issue')`,
    faulty: 'false',
    why: 'Who holds a role may pass it on.',
  }),
  roles.instead('issuer-of-anywhere', {
    rule: 'CIV-1',
    original: '!within(issued.region, issuer.region)',
    faulty: 'false',
    why: 'An issuer issues for the whole country.',
  }),
  roles.instead('tiers-not-compared', {
    rule: 'CIV-1',
    original: 'above && below && above.kind.tier < below.kind.tier',
    faulty: 'false',
    why: 'A municipality makes the crisis staff of its Kreis.',
  }),
  roles.instead('revocations-ignored', {
    rule: 'CIV-2',
    original: 'revocationOf(one, certificates)',
    faulty: 'null',
    why: 'A list of what was taken back is kept, and nobody reads it.',
  }),
  roles.instead('anybody-revokes', {
    rule: 'CIV-2',
    original: 'isRoot && (certificate.issuer === revoked_by || topOf(certificate, certificates) === revoked_by)',
    faulty: 'true',
    why: 'A signed revocation counts, whoever signed it.',
  }),
]

/** CIV-4 to CIV-10: what is said, and what a receiver makes of it. */
const ALERTS = [
  terms.instead('prefix-by-letters', {
    rule: 'CIV-5',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own text
    original: 'inner === outer || inner.startsWith(`${outer}.`)',
    faulty: 'inner.startsWith(outer)',
    why: 'Kleve2 begins with Kleve.',
  }),
  terms.instead('bidi-passes', {
    rule: 'CIV-4',
    original: '!BIDI.test(text)',
    faulty: 'true',
    why: 'A screen shows other words than were signed.',
  }),
  alert.instead('alert-signature-ignored', {
    rule: 'CIV-7',
    original: '!(await verifyRecord(alert.publisher, alert))',
    faulty: 'false',
    why: 'The event is signed, so the alert is not asked.',
  }),
  alert.instead('cosignature-of-other-words', {
    rule: 'CIV-4',
    original: 'issuer_attestation.content_sha !== contentSha(alert)',
    faulty: 'false',
    why: 'A co-signature is a signature; what it covers is not compared.',
  }),
  alert.instead('endless-alerts', {
    rule: 'CIV-4',
    original: 'span > CIVDEF_ALERT_MAX_SECONDS * 1000',
    faulty: 'false',
    why: 'Alerts live as long as they say.',
  }),
  alert.instead('backwards-alerts', {
    rule: 'CIV-4',
    original: '!(span > 0)',
    faulty: 'false',
    why: 'Start and end are not compared.',
  }),
  alert.instead('open-areas', {
    rule: 'CIV-4',
    original: '!same(polygon[0], polygon.at(-1))',
    faulty: 'false',
    why: 'The map closes what is open.',
  }),
  alert.instead('acks-for-anybody', {
    rule: 'CIV-11',
    original: '!(await verifyRecord(ack.acked_by, ack))',
    faulty: 'false',
    why: 'The event is signed, so the answer in it is not.',
  }),
  events.instead('published-by-anybody', {
    rule: 'CIV-4',
    original: 'publisher !== event.author',
    faulty: 'false',
    why: 'An alert is worth the same whoever brings it, and an old one comes back as new.',
  }),
  events.instead('roles-in-the-clear', {
    rule: 'CIV-6',
    original: 'alert && alert.target.roles.length > 0',
    faulty: 'false',
    why: 'A relay reads what was meant for a role.',
  }),
  events.instead('acks-of-others', {
    rule: 'CIV-11',
    original: 'ack.acked_by !== event.author',
    faulty: 'false',
    why: 'An answer is passed on in an event of another author.',
  }),
  events.instead('circles', {
    rule: 'CIV-7',
    original: 'path.length === 0 || path.includes(event.community_id)',
    faulty: 'false',
    why: 'An alert comes back to where it began.',
  }),
  decision.instead('severity-caps-ignored', {
    rule: 'CIV-4',
    original: 'cap === null || severityRank(severity) > severityRank(cap)',
    faulty: 'false',
    why: 'The publisher’s node refuses it, so nobody else looks.',
  }),
  decision.instead('cosignature-not-needed', {
    rule: 'CIV-4',
    original: `from !== 'never' && severityRank(severity) >= severityRank(from)`,
    faulty: 'false',
    why: 'Co-signatures are a matter of the publisher’s screen.',
  }),
  decision.instead('own-word-counts', {
    rule: 'CIV-4',
    original: 'attestation.cosigner === alert.publisher',
    faulty: 'false',
    why: 'Two signatures are there; that they are of one hand is not seen.',
  }),
  decision.instead('anybodys-certificate', {
    rule: 'CIV-1',
    original: 'certificate.holder === alert.publisher && certificate.role === alert.publisher_role',
    faulty: 'true',
    why: 'The certificate is good, whoever speaks under it.',
  }),
  decision.without('foreign-alarm', {
    rule: 'CIV-7',
    original: `if (foreign) marks.push('foreign_role')`,
    why: 'A role that nobody knows looks like one that everybody knows.',
  }),
  decision.instead('drills-are-real', {
    rule: 'CIV-9',
    at: 'if (facts.drill) {',
    original: 'facts.drill',
    faulty: 'false',
    why: 'A drill wakes the village.',
  }),
  decision.instead('loud-everywhere', {
    rule: 'CIV-12',
    original: `also === undefined ? stop('elsewhere', { ...detail, place }) : pass('also', { ...detail, place: also })`,
    faulty: `pass('also', { ...detail, place })`,
    why: 'Everybody sees everything, and after a week nobody looks.',
  }),
  decision.instead('expired-stays-loud', {
    rule: 'CIV-8',
    original: `now >= facts.expiresAt ? stop('expired') : pass('in_time')`,
    faulty: `pass('in_time')`,
    why: 'Nobody turns an alert off.',
  }),
  knowledge.instead('anybody-ends', {
    rule: 'CIV-10',
    original: '!certificate || certificate.holder !== by',
    faulty: '!certificate',
    why: 'The certificate is good, whoever shows it.',
  }),
  knowledge.instead('same-tier-not-asked', {
    rule: 'CIV-10',
    original: 'own !== undefined && tier !== undefined && tier >= own && within(region, certificate.region)',
    faulty: 'true',
    why: 'Whoever may publish may end.',
  }),
  knowledge.instead('cancelled-stays', {
    rule: 'CIV-10',
    original: `cancellation || mirror?.kind === 'cancel'`,
    faulty: 'false',
    why: 'The end is stored beside the alert, and the list does not look there.',
  }),
]

/** AUD-1 to AUD-5. */
const AUDIT = [
  merkle.instead('one-prefix', {
    rule: 'AUD-2',
    original: 'sha256(concatBytes(Uint8Array.of(1), left, right))',
    faulty: 'sha256(concatBytes(Uint8Array.of(0), left, right))',
    why: 'Leaves and nodes are hashed alike, so a node passes for an entry.',
  }),
  merkle.instead('short-proofs', {
    rule: 'AUD-2',
    at: 'return last === 0 && sameHash(hash, root)',
    original: 'last === 0 && sameHash(hash, root)',
    faulty: 'sameHash(hash, root)',
    why: 'A proof of another size leads to the same root.',
  }),
  entries.instead('links-left-out', {
    rule: 'AUD-1',
    original: 'place.prevSha',
    faulty: 'null',
    why: 'Each entry stands alone, and any of them can go.',
  }),
  notes.instead('any-key-of-that-name', {
    rule: 'AUD-2',
    original: 'verifyBytes(nodeId, utf8(note.text), own[0].bytes)',
    faulty: 'true',
    why: 'The name on the line is taken for the signature.',
  }),
  witness.instead('begins-anew', {
    rule: 'AUD-3',
    original: '(known?.size ?? 0) !== oldSize || size < oldSize',
    faulty: 'false',
    why: 'The witness signs what it is shown and forgets what it saw.',
  }),
  witness.instead('growth-not-proven', {
    rule: 'AUD-3',
    original: 'known && !verifyConsistency(known.size, size, proof.map(fromBase64), known.root, root)',
    faulty: 'false',
    why: 'A longer log is a later log; that it is the same one is believed.',
  }),
]

export const faults = defineFaults([...CERTIFICATES, ...ALERTS, ...AUDIT])
