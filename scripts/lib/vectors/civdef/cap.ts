import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { alertBy, attestationBy, type BrigadeCerts, contentBy, REGION } from './make.ts'

const INFO = {
  language: 'de-DE',
  category: 'Met',
  event: 'Probe',
  urgency: 'Immediate',
  severity: 'Severe',
  certainty: 'Observed',
  expires: '2026-05-26T20:00:00+02:00',
  headline: 'Probe einer Warnung',
  description: 'Es ist nichts.',
}
const HEAD = {
  identifier: 'EXAMPLE.2026.1',
  sender: 'leitstelle@example.org',
  sent: '2026-05-26T10:00:00+02:00',
  status: 'Actual',
  msgType: 'Alert',
  scope: 'Public',
}
const AREA =
  '<area><areaDesc>Kreis Kleve</areaDesc><geocode><valueName>ARS</valueName><value>051540000000</value></geocode></area>'
const elements = (fields: Readonly<Record<string, string | null>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === null ? [] : [`<${name}>${value}</${name}>`]))
    .join('')

interface Parts {
  readonly head?: Readonly<Record<string, string | null>>
  readonly info?: Readonly<Record<string, string | null>>
  readonly area?: string
  readonly before?: string
  readonly xmlns?: string
}
/** A made-up warning of no danger at no real place. */
const documentOf = ({
  head = {},
  info = {},
  area = AREA,
  before = '',
  xmlns = 'urn:oasis:names:tc:emergency:cap:1.2',
}: Parts = {}): string =>
  `${before}<alert xmlns="${xmlns}">${elements({ ...HEAD, ...head })}<info>${elements({ ...INFO, ...info })}${area}</info></alert>`

/** CAP 1.2 as it comes in. */
function reading(): VectorSource {
  const said = {
    kind: 'alert',
    correlation_id: 'EXAMPLE.2026.1',
    severity: 'emergency',
    drill: false,
    title: 'Probe einer Warnung',
    regions: ['DE.NRW.Kleve'],
  }
  const yes = (name: string, comment: string, parts: Parts, expected: object = {}): Vector =>
    good(name, comment, { text: documentOf(parts) }, { ...said, ...expected })
  const no = (name: string, catches: string, parts: Parts): Vector =>
    bad(name, catches, { text: documentOf(parts) }, 'bad_request')
  const raw = (name: string, catches: string, text: string): Vector => bad(name, catches, { text }, 'bad_request')
  const shape = (polygon: string) => `<area><areaDesc>x</areaDesc><polygon>${polygon}</polygon></area>`
  return {
    name: 'cap-in',
    operation: 'civdef.cap.read',
    rule: 'CIV-15',
    about: 'A CAP 1.2 document of somebody else becomes a mirror of an official warning, or is refused.',
    vectors: [
      yes('a warning', 'The plainest one', {}),
      yes('an exercise', 'Comes in as a drill (CIV-9)', { head: { status: 'Exercise' } }, { drill: true }),
      yes('a test', 'Comes in as a drill', { head: { status: 'Test' } }, { drill: true }),
      yes(
        'an update',
        'Of the one it refers to',
        {
          head: {
            msgType: 'Update',
            scope: 'Public',
            references: 'leitstelle@example.org,EXAMPLE.2026.0,2026-05-26T09:00:00+02:00',
          },
        },
        { kind: 'update' },
      ),
      yes(
        'an end',
        'Of the one it refers to',
        {
          head: {
            msgType: 'Cancel',
            scope: 'Public',
            references: 'leitstelle@example.org,EXAMPLE.2026.0,2026-05-26T09:00:00+02:00',
          },
        },
        { kind: 'cancel' },
      ),
      ...(
        [
          ['Extreme', 'extreme'],
          ['Moderate', 'warning'],
          ['Minor', 'advisory'],
          ['Unknown', 'advisory'],
        ] as const
      ).map(([severity, ours]) => yes(`severity ${severity}`, `Reads as ${ours}`, { info: { severity } }, { severity: ours })),
      yes('HTML in the headline', 'Plain text comes out', {
        info: { headline: '&lt;b&gt;Probe&lt;/b&gt;&lt;script&gt;x()&lt;/script&gt; einer Warnung' },
      }),
      yes(
        'an area that no key is known of',
        'Nowhere in particular',
        { area: '<area><areaDesc>Anderswo</areaDesc></area>' },
        { regions: [] },
      ),
      no('a draft', 'a draft is a warning', { head: { status: 'Draft' } }),
      no('a system message', 'machines talking are a warning', { head: { status: 'System' } }),
      no('an acknowledgement', 'an answer is a warning', { head: { msgType: 'Ack' } }),
      no('an error message', 'an error is a warning', { head: { msgType: 'Error' } }),
      no('a status nobody knows', 'enumerations are free text', { head: { status: 'actual' } }),
      no('a time with Z', 'CAP 1.2 has offsets only', { head: { sent: '2026-05-26T08:00:00Z' } }),
      no('a time with fractions', 'CAP 1.2 has whole seconds', { head: { sent: '2026-05-26T10:00:00.5+02:00' } }),
      no('a day there is none of', 'months are 31 days long', { head: { sent: '2026-02-30T10:00:00+02:00' } }),
      no('an identifier with a comma', 'references cannot be split again', { head: { identifier: 'a,b' } }),
      no('a sender with a space', 'references cannot be split again', { head: { sender: 'a b' } }),
      no('no sender', 'what is missing is empty', { head: { sender: null } }),
      no('no severity', 'what is missing is guessed', { info: { severity: null } }),
      no('a severity nobody knows', 'enumerations are free text', { info: { severity: 'High' } }),
      no('an order of its own', 'the order of the schema is not kept', {
        head: { ...HEAD, identifier: null },
        info: {},
        before: '',
        area: `${AREA}<identifier>late</identifier>`,
      }),
      no('the namespace of CAP 1.1', 'versions are alike', { xmlns: 'urn:oasis:names:tc:emergency:cap:1.1' }),
      no('an area that is not closed', 'shapes are closed silently', { area: shape('51.5,6.4 51.6,6.4 51.6,6.5 51.5,6.5') }),
      no('an area of three points', 'a triangle needs no fourth', { area: shape('51.5,6.4 51.6,6.4 51.5,6.4') }),
      no('north of the pole', 'degrees have no limit', { area: shape('91,6.4 51.6,6.4 51.6,6.5 91,6.4') }),
      raw('a DOCTYPE', 'a document may define things', documentOf({ before: '<!DOCTYPE alert>' })),
      raw(
        'entities that grow',
        'a kilobyte becomes a gigabyte',
        documentOf({ before: '<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;">]>', info: { headline: '&c;' } }),
      ),
      raw('an entity nobody defined', 'what is unknown is left out', documentOf({ info: { headline: 'a&nbsp;b' } })),
      raw(
        'an external entity',
        'a document fetches a file',
        documentOf({ before: '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>', info: { headline: '&f;' } }),
      ),
      raw('an element that is not closed', 'what is missing is made up', documentOf().replace('</info>', '')),
      raw('two roots', 'what follows is passed over', `${documentOf()}${documentOf()}`),
      raw('no document', 'nothing is a warning', ''),
      raw('JSON', 'any text is tried', '{"identifier":"x"}'),
    ],
  }
}

/** An alert out as CAP and in again. */
async function wayThrough(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { bert, carla } = all
  const trip = async (name: string, comment: string, change: object = {}, cosigned = false): Promise<Vector> => {
    const content = contentBy(all, certs, change as Readonly<Record<string, unknown>>)
    const issuer_attestation = cosigned ? { issuer_attestation: await attestationBy(bert, certs.staff.cert_id, content) } : {}
    const alert = await alertBy(carla, content, issuer_attestation)
    return good(name, comment, { alert }, { alert })
  }
  const corner = { lat: 51.53, lon: 6.42 }
  return {
    name: 'cap-through',
    operation: 'civdef.cap.through',
    rule: 'CIV-15',
    about: 'An alert written as CAP 1.2 and read back: the same alert, signature and all.',
    vectors: [
      await trip('an alert', 'The plainest one'),
      await trip('a drill', 'Exercise', { drill: true }),
      await trip('two languages', 'One info each', {
        variants: [{ language: 'en-GB', title: 'Flood', body: 'Rising.', instructions: ['Stay out', 'Listen'] }],
      }),
      await trip('a co-signature', 'Goes along', { severity: 'extreme' }, true),
      await trip('letters that XML minds', 'Written as entities', {
        title: 'Wasser < Strom & "Gas" > \'Rest\'',
        body: ']]> &amp; <b>',
      }),
      await trip('an area', 'As CAP writes it', {
        target: {
          region: REGION,
          roles: [],
          channels: ['local'],
          polygon: [corner, { lat: 51.55, lon: 6.42 }, { lat: 51.55, lon: 6.45 }, corner],
        },
      }),
      await trip('a very small number', 'No exponent in CAP', {
        target: { region: REGION, roles: [], channels: ['local'], bbox: { west: -1e-7, south: 0, east: 1e-7, north: 1 } },
      }),
      await trip('info', 'Minor, and info again', { severity: 'info' }),
    ],
  }
}

export const cap = async (all: People, certs: BrigadeCerts): Promise<readonly VectorSource[]> => [
  reading(),
  await wayThrough(all, certs),
]
