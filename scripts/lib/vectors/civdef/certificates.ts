import type { Certificate } from '#protocol/civdef/certificate.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { type BrigadeCerts, certificateBy, days, REGION, revocationBy, seconds } from './make.ts'

/** What a certificate's own bytes decide. */
async function forms({ anna, bert, stranger }: People, { staff }: BrigadeCerts): Promise<VectorSource> {
  const { cert_id: _id, signature: _signature, ...content } = staff
  const of = (change: object) => certificateBy(anna, { ...content, ...change })
  const yes = async (name: string, comment: string, change: object): Promise<Vector> => {
    const certificate = await of(change)
    return good(name, comment, { certificate }, { cert_id: certificate.cert_id })
  }
  const no = async (name: string, catches: string, change: object, error = 'civdef_cert_invalid'): Promise<Vector> =>
    bad(name, catches, { certificate: await of(change) }, error)
  const bent = (name: string, catches: string, change: Partial<Certificate> | object): Vector =>
    bad(name, catches, { certificate: { ...staff, ...change } }, 'civdef_cert_invalid')
  const elsewhere = await of({ region: 'DE.NRW.Kleve.Issum' })
  return {
    name: 'certificate',
    operation: 'civdef.certificate',
    rule: 'CIV-1',
    about: 'The own bytes of a role certificate: form, id, dates in order, signature of its issuer.',
    vectors: [
      good('a certificate', 'Issued by a root', { certificate: staff }, { cert_id: staff.cert_id }),
      await yes('a certificate with a box key', 'Its holder reads sealed alerts', { box_key: `x25519:${'A'.repeat(43)}` }),
      await yes('a certificate with a revocation address', 'Shown, never fetched', {
        revocation_url: 'https://kreis.example/crl',
      }),
      await yes('a certificate with umlauts', 'NFC', { title: 'Größe Führung' }),
      bent('another title after signing', 'the id is taken at its word', { title: 'Landrat' }),
      bent('the id of another certificate', 'the id is not computed', { cert_id: elsewhere.cert_id }),
      bad(
        'another id, signed as it is',
        'the id is taken at its word, and chains of ids fix nothing',
        { certificate: await signRecord(anna, { ...content, cert_id: elsewhere.cert_id }) },
        'civdef_cert_invalid',
      ),
      bent('a signature by somebody else', 'any signature will do', {
        signature: (await certificateBy(stranger, { ...content, issuer: anna.nodeId })).signature,
      }),
      bad(
        'issued by a stranger in the name of the root',
        'the key is taken from the signature and not from the issuer',
        { certificate: await certificateBy(stranger, { ...content, issuer: anna.nodeId }) },
        'civdef_cert_invalid',
      ),
      await no('ends when it begins', 'dates are not compared', { expires_at: content.issued_at }),
      await no('ends before it begins', 'dates are not compared', { expires_at: days(-101) }),
      await no('a scope twice', 'a list is a set', { scopes: ['alert.publish', 'alert.publish'] }),
      await no('a title with a line feed', 'lines are allowed everywhere', { title: 'eins\nzwei' }),
      await no('a title turned around', 'marks of direction pass', { title: 'Wehr\u202eretiel' }),
      await no('a title in NFD', 'one title in two spellings', { title: 'Gro\u0308\u00dfe' }),
      await no('no scope at all', 'an empty list is everything', { scopes: [] }, 'schema_mismatch'),
      await no('a scope nobody knows', 'scopes are free text', { scopes: ['alert.everything'] }, 'schema_mismatch'),
      await no('times with milliseconds', 'times are texts', { issued_at: '2026-05-26T08:00:00.000Z' }, 'schema_mismatch'),
      await no('a region in small letters', 'regions have any case', { region: 'de.nrw.kleve' }, 'schema_mismatch'),
      await no(
        'seven certificates above',
        'chains have no end',
        { issuer_chain: Array(7).fill(staff.cert_id) },
        'schema_mismatch',
      ),
      await no('a title of 81 characters', 'no upper limit', { title: 'x'.repeat(81) }, 'schema_mismatch'),
      await no('a box key of another curve', 'any key will do', { box_key: `ed25519:${'A'.repeat(43)}` }, 'schema_mismatch'),
      await no('an address without TLS', 'any address will do', { revocation_url: 'http://kreis.example/' }, 'schema_mismatch'),
      await no('a holder who is no node', 'any text is an id', { holder: 'bert' }, 'schema_mismatch'),
      await no('a field nobody knows', 'what is not in the contract is let in', { rank: 'high' }, 'schema_mismatch'),
      bad('no signature', 'a missing signature passes', { certificate: { ...staff, signature: undefined } }, 'schema_mismatch'),
      bad(
        'signed by its holder',
        'holder and issuer are mixed up',
        { certificate: await certificateBy(bert, { ...content, issuer: anna.nodeId }) },
        'civdef_cert_invalid',
      ),
    ],
  }
}

/** Whether it holds: chain, roots, dates, revocation, scheme. */
async function judged(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { anna, bert, carla, dora, emil, stranger } = all
  const { staff, lead, platoon, roots } = certs
  const known = { roots, certificates: [staff, lead, platoon], revocations: [] as object[] }
  const now = { from: seconds(0), until: seconds(0) }
  const input = (cert_id: string, change: object = {}) => ({ ...known, cert_id, ...now, ...change })
  const also = async (signer: People['anna'], change: object, more: object = {}) => {
    const certificate = await certificateBy(signer, change as Readonly<Record<string, unknown>>)
    return input(certificate.cert_id, { certificates: [...known.certificates, certificate], ...more })
  }
  const helper = { holder: emil.nodeId, role: `${REGION}.Feuerwehr.Helfer`, region: REGION, scopes: ['acks.read'] }
  const below = { issuer_chain: [lead.cert_id, staff.cert_id] }
  return {
    name: 'holds',
    operation: 'civdef.holds',
    rule: 'CIV-1',
    about: 'Whether a certificate holds from then until then, given the certificates, roots and revocations that are known.',
    vectors: [
      good('a certificate under a root', 'The shortest chain', input(staff.cert_id)),
      good('a certificate at the end of a chain', 'Root, Kreis, Gemeinde, platoon', input(platoon.cert_id)),
      good(
        'ten minutes before it begins',
        'Tablets without a network drift',
        input(staff.cert_id, {
          from: secondsBefore(staff.issued_at, 600),
          until: staff.issued_at,
        }),
      ),
      bad(
        'eleven minutes before it begins',
        'a start has no limit',
        input(staff.cert_id, {
          from: secondsBefore(staff.issued_at, 660),
          until: staff.issued_at,
        }),
        'civdef_cert_invalid',
      ),
      good('until its last second', 'The end belongs to it', input(staff.cert_id, { until: staff.expires_at })),
      bad(
        'a second longer than it lasts',
        'only the start is looked at',
        input(staff.cert_id, {
          until: secondsBefore(staff.expires_at, -1),
        }),
        'civdef_cert_invalid',
      ),
      bad(
        'begins tomorrow',
        'what is signed holds',
        await also(anna, { ...onlyContent(staff), issued_at: days(1) }),
        'civdef_cert_invalid',
      ),
      bad(
        'ended yesterday',
        'ends are not looked at',
        await also(anna, { ...onlyContent(staff), expires_at: days(-1) }),
        'civdef_cert_invalid',
      ),
      bad(
        'the certificate above ended yesterday',
        'only the dates of the last one are looked at',
        await (async () => {
          const above = await certificateBy(anna, { ...onlyContent(staff), expires_at: days(-1) })
          const one = await certificateBy(bert, { ...onlyContent(lead), issuer_chain: [above.cert_id] })
          return input(one.cert_id, { certificates: [above, one] })
        })(),
        'civdef_cert_invalid',
      ),
      bad('no root at all', 'a whole chain is enough', input(staff.cert_id, { roots: [] }), 'civdef_cert_unrecognised'),
      bad(
        'another root',
        'any root will do',
        input(staff.cert_id, { roots: [{ ...roots[0], root: stranger.nodeId }] }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'a root of another Land',
        'roots hold everywhere',
        input(staff.cert_id, { roots: [{ ...roots[0], region: 'DE.HE' }] }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'a root whose name is the beginning of the region’s',
        'regions are compared letter by letter',
        input(staff.cert_id, { roots: [{ ...roots[0], region: 'DE.NRW.Kle' }] }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'the middle of the chain is missing',
        'what is not known is passed over',
        input(platoon.cert_id, {
          certificates: [staff, platoon],
        }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'signed by itself',
        'a chain may end anywhere',
        await also(stranger, {
          holder: stranger.nodeId,
          role: 'DE.NRW.KatS.Landesstab',
          region: 'DE.NRW',
        }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'issued by a holder who may not issue',
        'who holds a role may pass it on',
        await also(dora, {
          ...helper,
          issuer_chain: [platoon.cert_id, lead.cert_id, staff.cert_id],
        }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'issued by somebody else than the chain says',
        'holders are not compared',
        await also(stranger, { ...helper, ...below }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'issued for a place elsewhere',
        'an issuer issues everywhere',
        await also(carla, {
          ...helper,
          ...below,
          role: 'DE.NRW.Kleve.Geldern.Feuerwehr.Helfer',
          region: 'DE.NRW.Kleve.Geldern',
        }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'issued for a tier above',
        'who may issue makes anybody anything',
        await also(carla, {
          ...below,
          holder: emil.nodeId,
          role: 'DE.NRW.Kleve.KatS.Stabsleiter',
          region: REGION,
        }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'a chain that leaves one out',
        'only the ends are compared',
        await also(carla, { ...helper, issuer_chain: [lead.cert_id] }),
        'civdef_cert_unrecognised',
      ),
      bad(
        'a scope that the role does not have',
        'what is signed holds',
        await also(carla, { ...helper, ...below, scopes: ['alert.publish'] }),
        'civdef_cert_out_of_scope',
      ),
      bad(
        'a region beyond the role’s',
        'region and role are not compared',
        await also(anna, {
          holder: emil.nodeId,
          role: `${REGION}.Feuerwehr.Wehrleiter`,
          region: 'DE.NRW.Kleve',
        }),
        'civdef_cert_out_of_scope',
      ),
      bad(
        'revoked by its issuer',
        'revocations are not looked at',
        input(platoon.cert_id, {
          revocations: [await revocationBy(carla, platoon.cert_id, lead.cert_id)],
        }),
        'civdef_role_revoked',
      ),
      bad(
        'revoked from further above',
        'only the issuer is asked',
        input(platoon.cert_id, {
          revocations: [await revocationBy(bert, platoon.cert_id, staff.cert_id)],
        }),
        'civdef_role_revoked',
      ),
      bad(
        'revoked by the root',
        'only the issuer is asked',
        input(platoon.cert_id, {
          revocations: [await revocationBy(anna, platoon.cert_id, null)],
        }),
        'civdef_role_revoked',
      ),
      bad(
        'the certificate above was revoked',
        'only the certificate itself is looked up',
        input(platoon.cert_id, {
          revocations: [await revocationBy(anna, staff.cert_id, null)],
        }),
        'civdef_role_revoked',
      ),
      good(
        'revoked by its own holder',
        'Holders do not revoke (CIV-2)',
        input(platoon.cert_id, {
          revocations: [await revocationBy(dora, platoon.cert_id, platoon.cert_id)],
        }),
      ),
      good(
        'revoked by a stranger',
        'A signature is no permission (CIV-2)',
        input(platoon.cert_id, {
          revocations: [await revocationBy(stranger, platoon.cert_id, null)],
        }),
      ),
      good(
        'revoked under a certificate of somebody else',
        'Who signs must hold it (CIV-2)',
        input(platoon.cert_id, {
          revocations: [await revocationBy(stranger, platoon.cert_id, lead.cert_id)],
        }),
      ),
    ],
  }
}

const secondsBefore = (time: string, count: number): string =>
  `${new Date(Date.parse(time) - count * 1000).toISOString().slice(0, 19)}Z`

const onlyContent = ({ cert_id: _id, signature: _signature, ...content }: Certificate): object => content

export const certificates = async (all: People, certs: BrigadeCerts): Promise<readonly VectorSource[]> => [
  await forms(all, certs),
  await judged(all, certs),
]
