import type { ClaimId } from '#protocol/core/ids.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import type { Claim } from '#protocol/evidence/events.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { type ClaimChange, claimBy, NO_SIGNATURE, SOURCE_A, SOURCE_B, WHEN, withId } from './make.ts'

const LATER = { ...SOURCE_A, accessed_at: '2026-05-27T08:00:00.5Z' }

/** What is and what is not part of a ClaimID. */
async function ids({ anna, bert }: People): Promise<VectorSource> {
  const of = async (name: string, comment: string, change: ClaimChange = {}, by = anna): Promise<Vector> => {
    const claim = await claimBy(by, change)
    return good(name, comment, { claim }, { claim_id: claimIdOf(claim) })
  }
  const plain = await claimBy(anna)
  const parents: ClaimId[] = ['parent a', 'parent b'].map((subject) => claimIdOf({ ...plain, subject }))
  return {
    name: 'claim-id',
    operation: 'claim.id',
    rule: 'EVI-1',
    about: 'The ClaimID of a claim. Comments say which are equal.',
    vectors: [
      await of('two sources', 'What others are compared with'),
      await of('the sources the other way round', 'Equal to two sources', { sources: [SOURCE_B, SOURCE_A] }),
      await of('an excerpt', 'Equal to two sources: it is no part of the id', {
        sources: [{ ...SOURCE_A, excerpt: 'Zitat' }, SOURCE_B],
      }),
      await of('a lifetime', 'Equal to two sources: it is no part of the id', { ttl_days: 30 }),
      await of('confidence 0.900001', 'Equal to two sources: five decimals', { confidence: 0.900001 }),
      await of('confidence 0.90001', 'Not equal to two sources', { confidence: 0.90001 }),
      await of('no sources', 'Not equal to two sources', { sources: [] }),
      await of('one source alone', 'Not equal to two sources', { sources: [SOURCE_A] }),
      await of('another author', 'Not equal to two sources: who says it is part of it', {}, bert),
      await of('another time', 'Not equal to two sources', { asserted_at: '2026-05-26T08:00:01Z' }),
      await of('the same time written otherwise', 'Not equal to two sources: a time is a text', {
        asserted_at: '2026-05-26T08:00:00.0Z',
      }),
      await of('one source on two days', 'Sorted by id and then by day', { sources: [LATER, SOURCE_A] }),
      await of('the same two the other way round', 'Equal to one source on two days', { sources: [SOURCE_A, LATER] }),
      await of('one source with and without its hash', 'Sorted by hash last, none first', {
        sources: [{ ...SOURCE_A, content_sha: 'ab'.repeat(32) }, SOURCE_A],
      }),
      await of('a source twice', 'Nothing is merged', { sources: [SOURCE_A, SOURCE_A] }),
      await of('two parents', 'Sorted', { derived_from: parents }),
      await of('two parents the other way round', 'Equal to two parents', { derived_from: [...parents].reverse() }),
      await of('a parent twice', 'Nothing is merged', { derived_from: [parents[0], parents[0]] }),
      await of('confidence 1', '1.00000', { confidence: 1 }),
      await of('confidence 0', '0.00000', { confidence: 0 }),
      await of('confidence 1e-7', 'Equal to confidence 0', { confidence: 1e-7 }),
      await of('confidence 0.000005', 'The double is a little above half: 0.00001', { confidence: 0.000005 }),
      await of('confidence 0.123455', 'Rounded as the exact value of the double says', { confidence: 0.123455 }),
      await of('confidence 0.5', '0.50000', { confidence: 0.5 }),
      await of('text in many scripts', 'UTF-8, not escaped', {
        subject: 'Größe 🏠',
        predicate: 'ist',
        object: 'שלום\n„x“ \u2028 \\ / ẞ',
      }),
      await of('sources with umlauts', 'Sorted by UTF-16 code units of their JSON text', {
        sources: [
          { ...SOURCE_A, source_id: 'url:https://ä.example/' },
          { ...SOURCE_A, source_id: 'url:https://z.example/' },
        ],
      }),
      await of('a source with a quote', 'Sorted by JSON text, where a quote is two characters', {
        sources: [
          { ...SOURCE_A, source_id: 'doc:a"b' },
          { ...SOURCE_A, source_id: 'doc:a!b' },
        ],
      }),
    ],
  }
}

/** Fields of a claim that do not match, each signed all the same. */
const WRONG: readonly (readonly [name: string, catches: string, change: ClaimChange])[] = [
  ['an empty subject', 'no lower limit', { subject: '' }],
  ['a subject of 513 characters', 'no upper limit', { subject: 'x'.repeat(513) }],
  ['an empty predicate', 'no lower limit', { predicate: '' }],
  ['a predicate that is a number', 'numbers and texts are one', { predicate: 7 }],
  ['an empty object', 'no lower limit', { object: '' }],
  ['an object of 4,097 characters', 'no upper limit', { object: 'x'.repeat(4097) }],
  ['an object that is null', 'null is a text', { object: null }],
  ['an asserter who is no id', 'any text is an id', { asserted_by: 'anna' }],
  ['a time with microseconds', 'more than milliseconds', { asserted_at: '2026-05-26T08:00:00.000001Z' }],
  ['a time in another zone', 'times are compared as texts', { asserted_at: '2026-05-26T10:00:00+02:00' }],
  ['no sources at all', 'a missing list is empty', { sources: undefined }],
  ['33 sources', 'no upper limit', { sources: Array.from({ length: 33 }, () => SOURCE_A) }],
  ['a source as text', 'one and a list of one are the same', { sources: ['url:https://a.example/'] }],
  ['a source of a kind there is none of', 'any text is a source', { sources: [{ ...SOURCE_A, source_id: 'javascript:x' }] }],
  ['a source of a kind and nothing else', 'only the beginning is matched', { sources: [{ ...SOURCE_A, source_id: 'url:' }] }],
  ['a source without a time', 'a missing time is now', { sources: [{ source_id: 'doc:x' }] }],
  ['a source with a short hash', 'any text is a hash', { sources: [{ ...SOURCE_A, content_sha: 'ab' }] }],
  ['a source with a hash in capitals', 'one hash has two texts', { sources: [{ ...SOURCE_A, content_sha: 'AB'.repeat(32) }] }],
  ['an excerpt of 281 characters', 'no limit on excerpts', { sources: [{ ...SOURCE_A, excerpt: 'x'.repeat(281) }] }],
  ['a source with a field more', 'what is not in the contract is let in', { sources: [{ ...SOURCE_A, title: 'x' }] }],
  ['confidence above 1', 'no range on confidence', { confidence: 1.1 }],
  ['confidence below 0', 'no range on confidence', { confidence: -0.1 }],
  ['confidence as text', 'the form in which it is hashed is taken for the record', { confidence: '0.90000' }],
  ['no confidence', 'a missing confidence is 1', { confidence: undefined }],
  ['parents that are null', 'null is an empty list', { derived_from: null }],
  ['33 parents', 'no upper limit', { derived_from: Array.from({ length: 33 }, () => 'A'.repeat(52)) }],
  ['a parent in small letters', 'base32 has two cases, and one claim two ids', { derived_from: ['a'.repeat(52)] }],
  ['a lifetime of 0 days', 'no lower limit', { ttl_days: 0 }],
  ['a lifetime of 36,501 days', 'no upper limit', { ttl_days: 36_501 }],
  ['half a day of life', 'days are floats', { ttl_days: 0.5 }],
  ['a field nobody knows', 'what is not in the contract is let in', { level: 'attested' }],
]

async function checks({ anna, bert }: People): Promise<VectorSource> {
  const plain = await claimBy(anna)
  const { claim_id } = withId(plain)
  const yes = async (name: string, comment: string, change: ClaimChange): Promise<Vector> =>
    good(name, comment, withId(await claimBy(anna, change)))
  const no = (name: string, catches: string, error: string, input: { claim_id: string; claim: Claim }): Vector =>
    bad(name, catches, input, error)
  const term = async (name: string, catches: string, change: ClaimChange): Promise<Vector> =>
    no(name, catches, 'bad_request', withId(await claimBy(anna, change)))
  const forged = (name: string, catches: string, claim: Claim): Vector =>
    no(name, catches, 'claim_signature_invalid', { claim_id: claimIdOf(claim), claim })
  const excerpt = await claimBy(anna, { sources: [{ ...SOURCE_A, excerpt: 'Zitat' }] })
  return {
    name: 'claim',
    operation: 'claim.check',
    rule: 'EVI-1',
    about: 'A claim with its id from elsewhere: form, canonical terms, id, signature.',
    vectors: [
      await yes('a claim', 'The plainest one', {}),
      await yes('an object of several lines', 'Line feeds are allowed there', { object: 'eins\nzwei' }),
      await yes('a subject of 512 characters', 'As long as it may be', { subject: 'x'.repeat(512) }),
      await yes('an excerpt of 280 characters', 'As long as it may be', {
        sources: [{ ...SOURCE_A, excerpt: 'x'.repeat(280) }],
      }),
      await yes('sources of each kind', 'url, node, doc, ebkh', {
        sources: ['url:x', `node:${bert.nodeId}`, 'doc:x', 'ebkh:x'].map((source_id) => ({ source_id, accessed_at: WHEN })),
      }),
      await yes('32 sources and 32 parents', 'As many as there may be', {
        sources: Array.from({ length: 32 }, () => SOURCE_A),
        derived_from: Array.from({ length: 32 }, () => claim_id),
      }),
      await yes('a lifetime of a hundred years', 'As long as it may be', { ttl_days: 36_500 }),
      await yes('a retraction', 'A claim about a claim', {
        predicate: 'retracted',
        object: claim_id,
        sources: [],
        confidence: 1,
      }),
      ...(await Promise.all(
        WRONG.map(async ([name, catches, change]) => {
          const claim = await claimBy(anna, change)
          return no(name, catches, 'schema_mismatch', { claim_id, claim })
        }),
      )),
      no('no signature', 'a missing signature passes', 'schema_mismatch', {
        claim_id,
        claim: { ...plain, signature: undefined } as unknown as Claim,
      }),
      await term('space before the subject', 'one subject in two spellings', { subject: ' Turnhalle' }),
      await term('space behind the predicate', 'one predicate in two spellings', { predicate: 'ist ' }),
      await term('a line feed behind the object', 'one object in two spellings', { object: 'Sammelpunkt\n' }),
      await term('a subject in NFD', 'one subject in two spellings', { subject: 'Gro\u0308\u00dfe' }),
      await term('a no-break space around', 'only ASCII is trimmed', { subject: '\u00a0Turnhalle' }),
      await term('a bell in the predicate', 'terms are not looked at', { predicate: 'ist\u0007x' }),
      await term('a line feed in the subject', 'lines are allowed everywhere', { subject: 'Turn\nhalle' }),
      await term('a tab in the object', 'all white space is allowed there', { object: 'a\tb' }),
      await term('a carriage return in the object', 'lines of Windows', { object: 'a\r\nb' }),
      await term('a C1 control', 'only ASCII is looked at', { subject: 'a\u0085b' }),
      await term('a delete', 'only what is below 32 is looked at', { subject: 'a\u007fb' }),
      no('the id of another claim', 'the ClaimID is taken at its word', 'bad_request', {
        claim_id: claimIdOf(excerpt),
        claim: plain,
      }),
      no('the id with its sources unsorted', 'sources are hashed as they come', 'bad_request', {
        claim_id: claimIdOf({ ...plain, sources: [SOURCE_B] }),
        claim: plain,
      }),
      forged('an object changed after signing', 'the signature is not checked', { ...plain, object: 'Lager' }),
      forged('a lifetime put in after signing', 'the signature is checked over what the id covers', { ...plain, ttl_days: 30 }),
      forged('an excerpt changed after signing', 'the signature is checked over what the id covers', {
        ...excerpt,
        sources: [{ ...SOURCE_A, excerpt: 'gefälscht' }],
      }),
      forged('confidence changed within its rounding', 'the signature is checked over what the id covers', {
        ...plain,
        confidence: 0.900001,
      }),
      forged('sources sorted after signing', 'the order of sources is not signed', { ...plain, sources: [SOURCE_B, SOURCE_A] }),
      forged('signed by somebody else', 'the key is taken from elsewhere than asserted_by', {
        ...plain,
        signature: (await claimBy(bert, { asserted_by: anna.nodeId })).signature,
      }),
      forged('an author put in afterwards', 'the author is not signed', { ...plain, asserted_by: bert.nodeId }),
      forged('a signature of zeros', 'an empty signature passes', { ...plain, signature: NO_SIGNATURE }),
    ],
  }
}

export const claims = async (all: People): Promise<readonly VectorSource[]> => [await ids(all), await checks(all)]
