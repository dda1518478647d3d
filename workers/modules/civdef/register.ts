import type { Certificate } from '#protocol/civdef/certificate.ts'
import { roleRegistered } from '#protocol/civdef/events.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { View } from '../../kernel/views.ts'
import type { Chain } from './audit/chain.ts'
import type { Knowledge } from './knowledge.ts'
import type { Regions } from './regions/adapters.ts'
import { judgeCertificate } from './role.ts'
import type { CertificateRow } from './store.ts'

export interface Registration {
  readonly certificate: Certificate
  /** Nearest first. */
  readonly chain: readonly Certificate[]
}

/** Makes a certificate known to the community, once. @throws HearthError each of the codes of CIV-1 */
export type Register = (registration: Registration) => Promise<ContentId>

type Deps = Pick<ModuleDeps, 'runtime' | 'signer' | 'log' | 'publish'> & {
  readonly knowledge: Knowledge
  readonly certificates: View<CertificateRow>
  readonly chain: Chain
  readonly regions: Regions
}

export const createRegister =
  ({ runtime, signer, log, publish, knowledge, certificates, chain, regions }: Deps): Register =>
  async ({ certificate, chain: issuers }) => {
    const before = certificates.get(certificate.cert_id)
    if (before) return before.cid
    const own = knowledge.certificates()
    const brought = [certificate, ...issuers]
    const together = {
      ...own,
      find: (id: CertId) => own.find(id) ?? brought.find(({ cert_id }) => cert_id === id) ?? null,
    }
    if (!regions.adapterOf(certificate.region)) {
      throw new HearthError('civdef_region_unsupported', 'nothing is known here of that region')
    }
    // one that begins tomorrow is good from tomorrow, and may be known today
    const from = Math.max(runtime.now(), Date.parse(certificate.issued_at))
    const verdict = judgeCertificate(certificate, together, regions, { from, until: from })
    if (!verdict.good) throw new HearthError(verdict.code, `the certificate does not hold: ${verdict.why}`)
    if (chain.blocked()) throw new HearthError('civdef_audit_chain_broken', 'the audit chain does not hold together')
    // the log's own check verifies every signature before it is stored
    const event = await log.append(roleRegistered, { certificate, chain: [...issuers] })
    await chain.append({ event: 'role_registered', alertId: null, actor: signer.nodeId, payload: certificate })
    publish(event)
    return event.cid
  }
