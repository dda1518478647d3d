import { contentSha } from '#protocol/civdef/alert.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'
import { ALERT_ID, alertBy, attestationBy, type BrigadeCerts, contentBy, days, REGION, seconds, target } from './make.ts'

const CORNERS = [
  { lat: 51.53, lon: 6.42 },
  { lat: 51.55, lon: 6.42 },
  { lat: 51.55, lon: 6.45 },
]
const words = (language: string, change: object = {}) => ({
  language,
  title: 'Flood',
  body: 'Rising.',
  instructions: [],
  ...change,
})

/** What an alert's own bytes decide. */
export async function alerts(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { bert, carla, stranger } = all
  const plain = contentBy(all, certs)
  const of = (change: object = {}, late: object = {}) =>
    alertBy(carla, { ...plain, ...change }, late as Readonly<Record<string, unknown>>)
  const yes = async (name: string, comment: string, change: object, late: object = {}): Promise<Vector> => {
    const content = { ...plain, ...change }
    return good(name, comment, { alert: await of(change, late) }, { content_sha: contentSha(content) })
  }
  const no = async (name: string, catches: string, change: object, error: string, late: object = {}): Promise<Vector> =>
    bad(name, catches, { alert: await of(change, late) }, error)
  const term = (name: string, catches: string, change: object) => no(name, catches, change, 'bad_request')
  const schema = (name: string, catches: string, change: object) => no(name, catches, change, 'schema_mismatch')
  const aim = (name: string, catches: string, change: object) =>
    no(name, catches, target(change), 'civdef_alert_target_invalid')
  const right = await of()
  const attested = await attestationBy(bert, certs.staff.cert_id, plain)
  const about = await attestationBy(bert, certs.staff.cert_id, { ...plain, title: 'Probe' })
  const forged = { ...(await attestationBy(stranger, certs.staff.cert_id, plain)), cosigner: bert.nodeId }
  return {
    name: 'alert',
    operation: 'civdef.alert',
    rule: 'CIV-4',
    about: 'The own bytes of an alert: form, plain text, target, span, signatures.',
    vectors: [
      await yes('an alert', 'The plainest one', {}),
      await yes('an alert in two languages', 'Each language once', { variants: [words('en-GB')] }),
      await yes('an alert with an area', 'Closed, three corners', target({ polygon: [...CORNERS, CORNERS[0]] })),
      await yes('an alert with a box', 'Degrees, WGS 84', target({ bbox: { west: 6.4, south: 51.5, east: 6.5, north: 51.6 } })),
      await yes('a body of several lines', 'Line feeds are allowed there', { body: 'Eins.\nZwei.' }),
      await yes('a drill', 'Said in the alert itself', { drill: true }),
      await yes('an alert that replaces another', 'By its id', { replaces: ulidOf('civdef before') }),
      await yes('seven days', 'As long as it may live', { expires_at: days(7) }),
      await yes('a co-signature', 'Over the content, not over the minute', {}, { issuer_attestation: attested }),
      good(
        'the same content published later',
        'The content_sha is equal to that of an alert',
        { alert: await of({}, { published_at: seconds(60) }) },
        { content_sha: contentSha(plain) },
      ),
      bad(
        'another title after signing',
        'the signature is not checked',
        { alert: { ...right, title: 'Entwarnung' } },
        'invalid_signature',
      ),
      bad(
        'a drill made real after signing',
        'a flag is not signed',
        { alert: { ...(await of({ drill: true })), drill: false } },
        'invalid_signature',
      ),
      bad('signed by a stranger', 'any signature will do', { alert: await alertBy(stranger, plain) }, 'invalid_signature'),
      await no('a co-signature of another alert', 'co-signatures are not bound', {}, 'invalid_signature', {
        issuer_attestation: about,
      }),
      await no('a co-signature by somebody else', 'the co-signature is not checked', {}, 'invalid_signature', {
        issuer_attestation: forged,
      }),
      await no('a co-signature of the same words as a drill', 'the flag is not covered', { drill: true }, 'invalid_signature', {
        issuer_attestation: attested,
      }),
      await no('ends when it begins', 'spans are not looked at', { expires_at: seconds(0) }, 'bad_request'),
      await no('ends before it begins', 'spans are not looked at', { expires_at: seconds(-1) }, 'bad_request'),
      await no('seven days and a second', 'alerts live for ever', { expires_at: seconds(7 * 86_400 + 1) }, 'bad_request'),
      await term('a title of two lines', 'lines are allowed everywhere', { title: 'Hoch\nwasser' }),
      await term('a body with a tab', 'all white space is allowed', { body: 'Der\tPegel' }),
      await term('a title in NFD', 'one title in two spellings', { title: 'U\u0308berflutung' }),
      await term('a body turned around', 'marks of direction pass', { body: 'Nicht \u202eneheg' }),
      await term('an instruction with space around', 'nothing is trimmed', { instructions: [' Keller meiden'] }),
      await term('one language twice', 'the last one wins', { variants: [words('de-DE')] }),
      await term('a variant with a bell', 'only the first language is looked at', {
        variants: [words('en-GB', { title: 'Flood\u0007' })],
      }),
      await term('replaces itself', 'references are not compared', { replaces: ALERT_ID }),
      await aim('an area that is not closed', 'shapes are closed silently', {
        polygon: [...CORNERS, { lat: 51.53, lon: 6.45 }],
      }),
      await aim('an area of two corners', 'a line is an area', { polygon: [CORNERS[0], CORNERS[1], CORNERS[0], CORNERS[0]] }),
      await aim('a box upside down', 'corners are sorted silently', {
        bbox: { west: 6.4, south: 51.6, east: 6.5, north: 51.5 },
      }),
      await aim('a role twice', 'a list is a set', { roles: [REGION, REGION] }),
      await aim('a channel twice', 'a list is a set', { channels: ['local', 'local'] }),
      await schema('a title of 81 characters', 'no upper limit', { title: 'x'.repeat(81) }),
      await schema('a body of 1,001 characters', 'no upper limit', { body: 'x'.repeat(1001) }),
      await schema('an empty body', 'no lower limit', { body: '' }),
      await schema('13 instructions', 'no upper limit', { instructions: Array(13).fill('x') }),
      await schema('a severity nobody knows', 'severities are free text', { severity: 'critical' }),
      await schema('a language by its name', 'languages are free text', { language: 'deutsch' }),
      await schema('no channel', 'an empty list is every channel', target({ channels: [] })),
      await schema('north of the pole', 'degrees have no limit', target({ bbox: { west: 0, south: 0, east: 1, north: 91 } })),
      await schema('an end with milliseconds', 'times are texts', { expires_at: '2026-05-26T20:00:00.000Z' }),
      await schema('a drill as text', 'texts are true', { drill: 'false' }),
      await schema('a correlation id with a comma', 'CAP references cannot be split again', { correlation_id: 'a,b' }),
      await schema('a field nobody knows', 'what is not in the contract is let in', { geo: '51.5,6.4' }),
    ],
  }
}
