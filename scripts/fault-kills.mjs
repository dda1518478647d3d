// @ts-check
import { createFaultyNode } from './lib/faulty-node.mjs'

// node scripts/fault-kills.mjs [part of a name]: which faults the vectors alone catch, each by its first vector. A minute, and no
// browser: what is not caught here is the suite's to catch.

const [wanted = ''] = process.argv.slice(2)
const { faults, firstFailure } = await createFaultyNode()
// a fault may break off what nobody waits for any more
process.on('unhandledRejection', () => undefined)

const sound = await firstFailure('')
if (sound !== undefined) throw new Error(`without a fault: ${sound}`)
const chosen = faults.filter(({ name }) => name.includes(wanted))
let caught = 0
for (const { name } of chosen) {
  const first = await firstFailure(name)
  if (first !== undefined) caught++
  console.log(`${first === undefined ? '·' : '✓'} ${name}${first === undefined ? '' : `  ${first.split(': {')[0]}`}`)
}
console.log(`\n${caught} of ${chosen.length} are caught by the vectors alone`)
process.exit(0)
