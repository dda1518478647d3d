// @ts-check
import { createServer, createServerModuleRunner } from 'vite'
import { loadFaults } from '../conformance/faults/load.mjs'
import { ROOT } from './lib/process.mjs'

// node scripts/fault-kills.mjs [part of a name]: which faults the vectors alone catch, each by its first vector. Minutes, and no
// browser: what is not caught here is the suite's to catch.

const [wanted = ''] = process.argv.slice(2)
const { faults, withFaults } = await loadFaults()
const server = await createServer({
  configFile: false,
  root: ROOT,
  logLevel: 'error',
  plugins: [withFaults(ROOT, faults)],
  server: { middlewareMode: true, watch: null },
  optimizeDeps: { noDiscovery: true },
})

/** @param {string} name @returns {Promise<string | undefined>} the first vector that tells */
const firstFailure = async (name) => {
  process.env.HEARTHNET_FAULT = name
  const runner = createServerModuleRunner(server.environments.ssr, { hmr: false, sourcemapInterceptor: false })
  try {
    /** @type {typeof import('./lib/vectors/files.ts')} */
    const { storedFiles } = await runner.import('/scripts/lib/vectors/files.ts')
    /** @type {typeof import('./lib/vectors/check.ts')} */
    const { failuresIn } = await runner.import('/scripts/lib/vectors/check.ts')
    const [first] = await failuresIn(await storedFiles(), 1)
    return first
  } catch (error) {
    return `does not run: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await runner.close()
  }
}

process.on('unhandledRejection', () => undefined)
const sound = await firstFailure('')
if (sound !== undefined) throw new Error(`without a fault: ${sound}`)
const chosen = faults.filter(({ name }) => name.includes(wanted))
let caught = 0
for (const { name } of chosen) {
  const first = await firstFailure(name)
  if (first !== undefined) caught++
  console.log(
    `${first === undefined ? '·' : '✓'} ${name}${first === undefined ? '' : `  ${first.slice(0, first.indexOf(': {'))}`}`,
  )
}
console.log(`\n${caught} of ${chosen.length} are caught by the vectors alone`)
await server.close()
process.exit(0)
