import { writeFile } from 'node:fs/promises'
import { frameVectors, proofVectors } from './lib/lora-vectors.ts'

// npx tsx scripts/make-lora-vectors.ts
const write = (name: string, value: unknown): Promise<void> =>
  writeFile(new URL(`../conformance/vectors/lora/${name}`, import.meta.url), `${JSON.stringify(value, null, 2)}\n`)

await write('frames.json', frameVectors())
await write('proofs.json', await proofVectors())
