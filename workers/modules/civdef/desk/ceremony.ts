import { type Certificate, CertificateSchema, certIdOf, checkCertificate } from '#protocol/civdef/certificate.ts'
import { CIVDEF_CHAIN_MAX } from '#protocol/civdef/constants.ts'
import {
  CeremonyRequestSchema,
  ceremonyAccept,
  ceremonyIssue,
  ceremonyRead,
  ceremonyRequest,
} from '#protocol/civdef/desk-capabilities.ts'
import { walletChanged } from '#protocol/civdef/events.ts'
import { type CertId, isPlain, secondsTime, within } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { Strict } from '#protocol/core/schema.ts'
import { requireSignature, signRecord } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { BoxKeyHolder } from '../box-key.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Regions } from '../regions/adapters.ts'
import type { Register } from '../register.ts'
import { type Certificates, judgeCertificate, requirePermission } from '../role.ts'
import { fromPaper, toPaper } from './paper.ts'

/** A certificate with everything that is needed to check it, as it comes back to its holder. */
const IssuedSchema = Strict({
  certificate: CertificateSchema,
  chain: Type.Array(CertificateSchema, { maxItems: CIVDEF_CHAIN_MAX }),
})

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'members' | 'notify'> & {
  readonly knowledge: Knowledge
  readonly regions: Regions
  readonly boxKey: BoxKeyHolder
  readonly register: Register
}

/** Certificates besides those that are known, for one question. */
const withOthers = (known: Certificates, others: readonly Certificate[]): Certificates => ({
  ...known,
  find: (id) => known.find(id) ?? others.find(({ cert_id }) => cert_id === id) ?? null,
})

/** How a role gets to a person on two tablets without a network: asked as a code, looked at, signed, and a code back (M31). */
export function serveCeremony(deps: Deps): (() => void)[] {
  const { bus, runtime, signer, members, notify, knowledge, regions, boxKey, register } = deps
  const me = signer.nodeId

  function requireRegion(region: string): void {
    if (!regions.adapterOf(region)) throw new HearthError('civdef_region_unsupported', 'nothing is known here of that region')
  }

  /** The issuer's certificates, nearest first; none for a root. @throws HearthError each of the codes of CIV-1 */
  function chainUnder(under: CertId | null, region: string): readonly Certificate[] {
    const known = knowledge.certificates()
    if (under === null) {
      if (known.roots.some((root) => root.root === me && within(region, root.region))) return []
      throw new HearthError('civdef_cert_unrecognised', 'this device is no trust root of that region')
    }
    const span = { from: runtime.now(), until: runtime.now() }
    const { certificate } = requirePermission(under, me, 'role.issue', span, { certificates: known, regions })
    // it was just judged good, so all of its chain is here
    return [certificate, ...certificate.issuer_chain.flatMap((id) => known.find(id) ?? [])]
  }

  return [
    bus.handle(ceremonyRequest, async ({ role, region, title, scopes }) => {
      requireRegion(region)
      if (!isPlain(title)) throw new HearthError('bad_request', 'not plain text on one line', { data: { field: '/title' } })
      const box_key = await boxKey.publicKey()
      const request = await signRecord(signer, {
        holder: me,
        display_name: members.get(me)?.displayName ?? '',
        ...{ role, region, title, scopes },
        ...(box_key === null ? {} : { box_key }),
        requested_at: secondsTime(runtime.now()),
      })
      return { text: await toPaper('ceremony_request', request) }
    }),

    bus.handle(ceremonyRead, async ({ text }) => {
      const request = await fromPaper('ceremony_request', text, CeremonyRequestSchema)
      await requireSignature(request.holder, request)
      return { request, fingerprint: displayNodeId(request.holder) }
    }),

    bus.handle(ceremonyIssue, async ({ text, under, scopes, expires_at }) => {
      const request = await fromPaper('ceremony_request', text, CeremonyRequestSchema)
      await requireSignature(request.holder, request)
      requireRegion(request.region)
      const chain = chainUnder(under, request.region)
      const content = {
        ...{ holder: request.holder, role: request.role, region: request.region, title: request.title },
        issuer: me,
        issuer_chain: chain.map(({ cert_id }) => cert_id),
        issued_at: secondsTime(runtime.now()),
        expires_at,
        scopes,
        ...(request.box_key === undefined ? {} : { box_key: request.box_key }),
      }
      const certificate = await signRecord(signer, { ...content, cert_id: certIdOf(content) })
      await checkCertificate(certificate)
      // nobody leaves with a certificate that no tablet will take: whole life, not only today
      const span = { from: runtime.now(), until: Date.parse(expires_at) }
      const verdict = judgeCertificate(certificate, withOthers(knowledge.certificates(), [certificate]), regions, span)
      if (!verdict.good)
        throw new HearthError(verdict.code, `it would not hold: ${verdict.why}`, { data: { code: verdict.why } })
      if (!verdict.role) throw new HearthError('civdef_cert_out_of_scope', 'the role is not in the scheme of its region')
      return { cert_id: certificate.cert_id, text: await toPaper('certificate', { certificate, chain: [...chain] }) }
    }),

    bus.handle(ceremonyAccept, async ({ text }) => {
      const issued = await fromPaper('certificate', text, IssuedSchema)
      if (issued.certificate.holder !== me) {
        throw new HearthError('civdef_cert_not_owned', 'the certificate is somebody else’s')
      }
      for (const one of [issued.certificate, ...issued.chain]) await checkCertificate(one)
      await register(issued)
      notify(walletChanged)
      return issued
    }),
  ]
}
