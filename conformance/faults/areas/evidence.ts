import { defineFaults, faultsIn } from '../fault.ts'

const ids = faultsIn('evidence', 'protocol/src/evidence/claim-id.ts')
const types = faultsIn('evidence', 'protocol/src/evidence/events.ts')
const claim = faultsIn('evidence', 'workers/modules/evidence/claim.ts')
const store = faultsIn('evidence', 'workers/modules/evidence/store.ts')
const summary = faultsIn('evidence', 'workers/modules/evidence/summary.ts')

/** EVI-1: ids and records. */
const RECORDS = [
  ids.instead('sources-as-they-come', {
    rule: 'EVI-1',
    original: 'byCodeUnits(a.text, b.text)',
    faulty: '0',
    why: 'Sources are hashed in the order they were put in.',
  }),
  ids.instead('excerpts-in-the-id', {
    rule: 'EVI-1',
    at: '.map(sourceKey)',
    original: 'sourceKey',
    faulty: '(source) => ({ ...source })',
    why: 'The whole source is hashed, quotation and all.',
  }),
  ids.instead('confidence-as-number', {
    rule: 'EVI-1',
    original: 'claim.confidence.toFixed(5)',
    faulty: 'claim.confidence',
    why: 'A number is hashed as a number.',
  }),
  ids.instead('parents-as-they-come', {
    rule: 'EVI-1',
    original: '[...claim.derived_from].sort(byCodeUnits)',
    faulty: '[...claim.derived_from]',
    why: 'Parents are hashed in the order they were put in.',
  }),
  types.without('claim-ids-believed', {
    rule: 'EVI-1',
    original: `if (claim_id !== claimIdOf(claim)) refuse('claim_id is not the hash of the claim', '/claim_id')`,
    why: 'The id is there already, so nobody makes it again.',
  }),
  types.without('terms-in-any-form', {
    rule: 'EVI-1',
    at: `requireCanonical(claim)
  if (claim_id`,
    original: 'requireCanonical(claim)\n',
    why: 'One subject in two spellings is two subjects.',
  }),
  types.instead('claims-not-verified', {
    rule: 'EVI-1',
    original: '!(await verifyRecord(claim.asserted_by, claim))',
    faulty: 'false',
    why: 'The event is signed, and the claim inside is believed.',
  }),
  types.instead('claims-of-others', {
    rule: 'EVI-2',
    original: 'claim.asserted_by !== (admitted?.hub ?? event.author)',
    faulty: 'false',
    why: 'Whoever passes a claim on puts it into the log in the name of its asserter.',
  }),
  types.without('attestations-for-others', {
    rule: 'EVI-2',
    original: `if (by !== author) refuse('a record is signed by the author of its event', field, 'claim_signature_invalid')`,
    why: 'A record that somebody signed once is put into the log by somebody else.',
  }),
  types.instead('records-not-verified', {
    rule: 'EVI-2',
    original: '!(await verifyRecord(by, record))',
    faulty: 'false',
    why: 'The event is signed, and the record inside is believed.',
  }),
  types.instead('dispute-ids-believed', {
    rule: 'EVI-1.1',
    original: 'dispute_id !== disputeIdOf(dispute)',
    faulty: 'false',
    why: 'The id is there already, so nobody makes it again.',
  }),
  types.instead('its-own-counterclaim', {
    rule: 'EVI-2',
    original: 'dispute.counterclaim === dispute.claim_id',
    faulty: 'false',
    why: 'A claim that contradicts itself.',
  }),
  types.instead('any-claim-takes-back', {
    rule: 'EVI-2.1',
    original: 'claim.predicate !== EVIDENCE_RETRACTED',
    faulty: 'false',
    why: 'The type of the event says it is a retraction, whatever the claim inside says.',
  }),
  types.instead('retraction-without-parent', {
    rule: 'EVI-2.1',
    original: 'claim.derived_from.length !== 1',
    faulty: 'claim.derived_from.length > 1',
    why: 'A retraction that names no claim takes back a dispute nobody finds.',
  }),
]

/** EVI-3: what a claim stands on. */
const LEVELS = [
  claim.instead('asserters-attest-themselves', {
    rule: 'EVI-3',
    original: 'by !== claim.asserted_by && SUFFICIENT.has(role)',
    faulty: 'SUFFICIENT.has(role)',
    why: 'Whoever says it vouches for it, too.',
  }),
  claim.instead('experts-attest', {
    rule: 'EVI-3',
    original: 'by !== claim.asserted_by && SUFFICIENT.has(role)',
    faulty: 'by !== claim.asserted_by',
    why: 'An opinion is taken for a testimony.',
  }),
  claim.instead('one-source-twice', {
    rule: 'EVI-3',
    original: 'distinct.size >= 2 && elsewhere',
    faulty: 'sources.length >= 2 && elsewhere',
    why: 'One source on two days is counted as two.',
  }),
  claim.instead('withdrawn-disputes-count', {
    rule: 'EVI-3',
    original: '!retracted && score(by) >= EVIDENCE_DISPUTE_MIN_TRUST',
    faulty: 'score(by) >= EVIDENCE_DISPUTE_MIN_TRUST',
    why: 'A dispute once opened never ends.',
  }),
  claim.instead('disputes-never-count', {
    rule: 'EVI-3',
    original: 'disputes.some((dispute) => disputeCounts(dispute, score))',
    faulty: 'false',
    why: 'Disputes are listed and change no level.',
  }),
  claim.instead('own-lifetime-ignored', {
    rule: 'EVI-8',
    original: '(ttl_days ?? EVIDENCE_CLAIM_TTL_DAYS_DEFAULT)',
    faulty: 'EVIDENCE_CLAIM_TTL_DAYS_DEFAULT',
    why: 'Everything lives for a year.',
  }),
  store.instead('anybody-ends-a-dispute', {
    rule: 'EVI-2.1',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own text
    original: 'withdrawals.has(`${item.id} ${by}`)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own text
    faulty: '[...withdrawals].some((one) => one.startsWith(`${item.id} `))',
    why: 'Whoever is disputed takes the dispute back.',
  }),
  store.instead('anybody-takes-back', {
    rule: 'EVI-2.1',
    original: 'by === claim.asserted_by && retraction && !retracted',
    faulty: 'retraction && !retracted',
    why: 'A retraction by anybody counts as one by the asserter.',
  }),
  summary.instead('no-contradictions', {
    rule: 'EVI-7',
    original: 'objects.size < 2 || !first',
    faulty: 'true',
    why: 'Claims that say different things stand side by side without a word.',
  }),
]

export const faults = defineFaults([...RECORDS, ...LEVELS])
