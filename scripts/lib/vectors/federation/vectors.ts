import { canonicalBytes } from '#protocol/core/canonical.ts'
import { toBase64Url } from '#protocol/core/encoding.ts'
import type { Signer } from '#protocol/core/signing.ts'
import {
  type FederationManifest,
  type FederationSide,
  federationTopicOf,
  signFederation,
  type UnsignedFederationManifest,
} from '#protocol/protocol/federation.ts'
import { FEDERATION_PAPER_PREFIX, type FederationPaper, writePaper } from '#protocol/protocol/federation-paper.ts'
import { bad, good } from '../cases.ts'
import { AT } from '../events/make.ts'
import type { VectorSource } from '../format.ts'
import { people, ulidOf } from '../seeded.ts'

const ECHO = 'node.echo'
const GRANT = { capability: ECHO, calls_per_minute: 6 }
const VERSION = '3.0.0-experimental'

/** Section 8: manifests, what they grant, and the texts they come about by. */
export async function sources(): Promise<readonly VectorSource[]> {
  const { anna, bert, carla, dora } = await people()
  // Anna's community with Bert for its anchor, Carla's with herself
  const sides: FederationSide[] = [
    { community_id: anna.nodeId, name: 'Issum', anchor: bert.nodeId, protocol_versions: [VERSION], grants: [GRANT] },
    { community_id: carla.nodeId, name: 'Sevelen', anchor: carla.nodeId, protocol_versions: [VERSION], grants: [] },
  ].sort((a, b) => (a.community_id < b.community_id ? -1 : 1))
  const signers = new Map<string, Signer>([bert, carla].map((signer) => [signer.nodeId, signer]))
  const terms: UnsignedFederationManifest = {
    manifest_id: ulidOf('vector of federation'),
    issued_at: '2026-05-26T08:00:00Z',
    expires_at: '2026-11-26T08:00:00Z',
    sides,
  }

  async function signed(change: Partial<UnsignedFederationManifest> = {}): Promise<FederationManifest> {
    const whole = { ...terms, ...change }
    const signatures = await Promise.all(whole.sides.map(({ anchor }) => signFederation(signers.get(anchor) ?? dora, whole)))
    return { ...whole, signatures }
  }
  const changed = (change: Partial<FederationSide>): FederationSide[] =>
    sides.map((side) => (side.community_id === anna.nodeId ? { ...side, ...change } : side))

  const manifest = await signed()
  const [first, second] = manifest.signatures
  const taken = async (name: string, comment: string, change: Partial<UnsignedFederationManifest>, version = VERSION) => {
    const made = await signed(change)
    return good(name, comment, { manifest: made, now: AT }, { version, topic: federationTopicOf(made) })
  }
  const refused = (name: string, catches: string, code: string, given: object, now = AT) =>
    bad(name, catches, { manifest: given, now }, code)

  const offer: FederationPaper = { ...terms, sides: sides.slice(0, 1), signatures: [], relays: [] }
  const answer: FederationPaper = { ...terms, signatures: [first ?? null, null], relays: ['/dns4/box.example/tcp/443'] }
  const whole: FederationPaper = { ...manifest, relays: [] }
  const read = (name: string, stage: string, paper: FederationPaper) =>
    good(name, `An ${stage}`, { text: writePaper(paper) }, { stage, manifest_id: paper.manifest_id, text: writePaper(paper) })
  const unread = (name: string, catches: string, paper: object) =>
    bad(name, catches, { text: FEDERATION_PAPER_PREFIX + toBase64Url(canonicalBytes(paper)) }, 'bad_request')
  const call = (by: Signer, caller: Signer, capability = ECHO) => ({
    ...{ manifest, by: by.nodeId, caller: caller.nodeId, capability },
  })

  return [
    {
      name: 'manifest',
      operation: 'federation.check',
      rule: 'FDR-1',
      about:
        'A federation manifest at a time: form, both signatures, its life, the version the two speak, and where they meet.',
      vectors: [
        await taken('two sides', 'The usual one', {}),
        await taken('the first moment', 'Good from issued_at on', { issued_at: AT }),
        await taken('a whole leap year', 'The longest there is', { expires_at: '2027-05-27T08:00:00Z' }),
        await taken(
          'an older minor',
          'The older of the newest both have',
          { sides: changed({ protocol_versions: ['3.0.0-alpha', '2.0.0'] }) },
          '3.0.0-alpha',
        ),
        await taken('with values', 'A grant may name values', {
          sides: changed({ grants: [{ ...GRANT, params_constraints: { payload: 'x' } }] }),
        }),
        refused('a swapped pair', 'signatures are checked in any order', 'invalid_signature', {
          ...manifest,
          signatures: [second, first],
        }),
        refused('one twice', 'one signature is enough', 'invalid_signature', { ...manifest, signatures: [first, first] }),
        refused('by a member', 'any member of a community signs for it', 'invalid_signature', {
          ...manifest,
          signatures: await Promise.all(
            sides.map(({ anchor }, at) => (anchor === bert.nodeId ? signFederation(dora, terms) : manifest.signatures[at])),
          ),
        }),
        refused('other terms', 'the signature is over a part', 'invalid_signature', {
          ...manifest,
          sides: changed({ grants: [{ ...GRANT, calls_per_minute: 600 }] }),
        }),
        refused('a longer life', 'the dates are not signed', 'invalid_signature', {
          ...manifest,
          expires_at: '2026-12-26T08:00:00Z',
        }),
        refused('another name', 'the id is not signed', 'invalid_signature', { ...manifest, manifest_id: ulidOf('another') }),
        refused('its very end', 'the end is counted in', 'expired', await signed({ expires_at: AT })),
        refused('long over', 'the end is not looked at', 'expired', manifest, '2027-01-01T00:00:00Z'),
        refused('not yet', 'the beginning is not looked at', 'expired', manifest, '2026-05-26T07:59:59Z'),
        refused(
          'longer than a year',
          'the life has no bound',
          'bad_request',
          await signed({ expires_at: '2027-05-28T08:00:00Z' }),
        ),
        refused(
          'over at birth',
          'the two dates are not compared',
          'bad_request',
          await signed({ expires_at: '2026-05-26T08:00:00Z' }),
        ),
        refused(
          'out of order',
          'two forms of one manifest, with two topics',
          'bad_request',
          await signed({ sides: [...sides].reverse() }),
        ),
        refused(
          'with itself',
          'a community agrees with itself',
          'bad_request',
          await signed({ sides: [sides[0], sides[0]] as FederationSide[] }),
        ),
        refused('one side', 'a grant that nobody took', 'bad_request', { ...manifest, sides: sides.slice(0, 1) }),
        refused(
          'a grant twice',
          'two limits for one call',
          'bad_request',
          await signed({ sides: changed({ grants: [GRANT, { ...GRANT, calls_per_minute: 60 }] }) }),
        ),
        refused(
          'no calls',
          'a grant of nothing',
          'bad_request',
          await signed({ sides: changed({ grants: [{ ...GRANT, calls_per_minute: 0 }] }) }),
        ),
        refused('one member more', 'what is not in the contract is let pass', 'bad_request', { ...manifest, transitive: true }),
        refused(
          'no common major',
          'majors are not compared',
          'protocol_unsupported_capability',
          await signed({ sides: changed({ protocol_versions: ['2.0.0', '4.0.0'] }) }),
        ),
      ],
    },
    {
      name: 'grant',
      operation: 'federation.grant',
      rule: 'FDR-3',
      about: 'What a manifest lets one community call at another.',
      vectors: [
        good('granted', 'As it says', call(anna, carla), { calls_per_minute: 6 }),
        bad('the other way', 'grants are taken to be mutual', call(carla, anna), 'unauthorized'),
        bad('another call', 'names are compared by their beginning', call(anna, carla, 'node.echoes'), 'unauthorized'),
        bad('a prefix', 'the scope of tokens is taken for that of grants', call(anna, carla, 'node.*'), 'unauthorized'),
        bad('a third', 'federation is taken to be transitive', call(anna, dora), 'unauthorized'),
        bad('to itself', 'a community is its own neighbour', call(anna, anna), 'unauthorized'),
        bad('by a third', 'a grant of others is taken for one’s own', call(dora, carla), 'unauthorized'),
        bad('the anchor for its community', 'an anchor is taken for the community', call(anna, bert), 'unauthorized'),
      ],
    },
    {
      name: 'paper',
      operation: 'federation.paper',
      rule: 'FDR-7',
      about: 'The texts that anchors hand each other, by what they are.',
      vectors: [
        read('an offer', 'offer', offer),
        read('an answer', 'answer', answer),
        read('the whole', 'agreement', whole),
        good(
          'over lines',
          'Spaces come in where a text is copied',
          { text: ` ${writePaper(offer).replace(/(.{60})/g, '$1\n')} ` },
          {
            stage: 'offer',
            manifest_id: offer.manifest_id,
            text: writePaper(offer),
          },
        ),
        unread('signed by nobody', 'what nobody signed is taken for an answer', { ...answer, signatures: [null, null] }),
        unread('an offer that is signed', 'a signature over half of the terms', { ...offer, signatures: [first] }),
        unread('three sides', 'more than two agree', { ...whole, sides: [...sides, sides[0]] }),
        unread('a member more', 'what is not in the contract is let pass', { ...offer, note: 'hallo' }),
        bad('another mark', 'any text is read', { text: writePaper(offer).replace('hnfederation', 'hntoken') }, 'bad_request'),
        bad('cut off', 'half a text is taken for a whole', { text: writePaper(offer).slice(0, -40) }, 'bad_request'),
      ],
    },
  ]
}
