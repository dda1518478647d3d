import { canonical } from '#protocol/core/canonical.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { fileImport, proofExport } from '#protocol/evidence/desk-capabilities.ts'
import { PROOF_MEDIA_TYPE, verifyProof } from '#protocol/evidence/proof.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Drafts } from './drafts.ts'
import { proofOf } from './export.ts'
import type { Quarantine } from './quarantine.ts'
import type { Library } from './reading.ts'

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'log'> & {
  readonly library: Library
  readonly quarantine: Quarantine
  readonly drafts: Drafts
}

const MEDIA_TYPES = { proof: PROOF_MEDIA_TYPE, trig: 'application/trig', jsonld: 'application/ld+json' } as const
const ENDINGS = { proof: 'beleg.json', trig: 'trig', jsonld: 'jsonld' } as const

/** A name that every file system takes. */
const fileName = (about: string, ending: string): string =>
  `${
    about
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'beleg'
  }.${ending}`

/** Claims as files: a proof to check offline, TriG or JSON-LD; and back. The RDF library is fetched when first needed. */
export function serveFiles({ bus, runtime, log, library, quarantine, drafts }: Deps): (() => void)[] {
  return [
    bus.handle(proofExport, async ({ of, format }) => {
      const proof = proofOf(of, library, log.communityId, runtime.now())
      const rdf = format === 'proof' ? null : await import('./rdf/write.ts')
      const text = rdf === null ? canonical(proof) : format === 'trig' ? await rdf.toTrig(proof) : await rdf.toJsonLd(proof)
      const title = proof.claims[0]?.claim.subject ?? ('subject' in of ? of.subject : '')
      return { file_name: fileName(title, ENDINGS[format]), media_type: MEDIA_TYPES[format], text }
    }),

    bus.handle(fileImport, async ({ format, text }) => {
      if (format === 'proof') {
        const { claims, problems } = await verifyProof(text)
        const { kept, known, refused } = await quarantine.receive(claims, null, 'file')
        return { quarantined: kept, drafts: 0, known, refused: refused + problems.length }
      }
      const { readLinkedData } = await import('./rdf/read.ts')
      const { arrivals, statements } = await readLinkedData(text, format, wireTime(runtime.now()))
      const { kept, known, refused } = await quarantine.receive(arrivals, null, 'file')
      if (statements.length > 0) {
        await drafts.propose(statements.map((statement) => ({ statement, pattern: 'file', content_id: null })))
      }
      return { quarantined: kept, drafts: statements.length, known, refused }
    }),
  ]
}
