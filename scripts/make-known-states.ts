import { writeFile } from 'node:fs/promises'
import '../workers/testing/node-20.ts'
import { KNOWN_STATES, makeKnownStates } from './lib/known-states.ts'

// `npx tsx scripts/make-known-states.ts`: after the demonstration model was trained anew.

await writeFile(KNOWN_STATES, `${JSON.stringify(await makeKnownStates(), null, 2)}\n`)
process.exit()
