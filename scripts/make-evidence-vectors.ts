import { writeFile } from 'node:fs/promises'
import { evidenceVectors } from './lib/evidence-vectors.ts'

// npx tsx scripts/make-evidence-vectors.ts
const path = new URL('../conformance/vectors/evidence/claim-id.json', import.meta.url)
await writeFile(path, `${JSON.stringify(await evidenceVectors(), null, 2)}\n`)
