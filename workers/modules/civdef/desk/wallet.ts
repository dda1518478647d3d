import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { View } from '../../../kernel/views.ts'
import type { BoxKeyHolder } from '../box-key.ts'
import type { Knowledge } from '../knowledge.ts'
import type { Regions } from '../regions/adapters.ts'
import { endingSoon, recordOf } from '../role.ts'
import type { CertificateRow } from '../store.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer'> & {
  readonly knowledge: Knowledge
  readonly certificates: View<CertificateRow>
  readonly regions: Regions
  readonly boxKey: BoxKeyHolder
}

/** What this person holds, what of it is about to end, and what they issued that is (CIV-3). */
export function serveWallet({ bus, runtime, signer, knowledge, certificates, regions, boxKey }: Deps): (() => void)[] {
  const me = signer.nodeId
  return [
    bus.handle(walletGet, async () => {
      const known = knowledge.certificates()
      const records = (index: 'holder' | 'issuer') =>
        certificates.equal(index, me).map(({ certificate }) => recordOf(certificate, known, regions, runtime.now()))
      const issued = records('issuer').filter(({ certificate }) => certificate.holder !== me)
      return {
        own: records('holder').sort((a, b) => (a.certificate.expires_at < b.certificate.expires_at ? 1 : -1)),
        issued_ending: [...endingSoon(issued, me)],
        box_key: await boxKey.publicKey(),
      }
    }),
  ]
}
