// @ts-check
import { createServer, createServerModuleRunner } from 'vite'
import { loadFaults } from '../../conformance/faults/load.mjs'
import { ROOT } from './process.mjs'

/**
 * This implementation with its faults inside, in this process: loaded anew for each fault, transformed once.
 * @returns {Promise<{
 *   readonly faults: readonly import('../../conformance/faults/fault.ts').Fault[],
 *   readonly firstFailure: (name: string) => Promise<string | undefined>,
 *   readonly close: () => Promise<void>,
 * }>} `firstFailure` says which vector is the first to tell; an empty name is no fault
 */
export const createFaultyNode = async () => {
  const { faults, withFaults } = await loadFaults()
  const server = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    plugins: [withFaults(ROOT, faults)],
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  })

  /** @param {string} name */
  const firstFailure = async (name) => {
    process.env.HEARTHNET_FAULT = name
    const runner = createServerModuleRunner(server.environments.ssr, { hmr: false, sourcemapInterceptor: false })
    try {
      /** @type {typeof import('./vectors/files.ts')} */
      const { storedFiles } = await runner.import('/scripts/lib/vectors/files.ts')
      /** @type {typeof import('./vectors/check.ts')} */
      const { failuresIn } = await runner.import('/scripts/lib/vectors/check.ts')
      const [first] = await failuresIn(await storedFiles(), 1)
      return first
    } catch (error) {
      return `does not run: ${error instanceof Error ? error.message : String(error)}`
    } finally {
      delete process.env.HEARTHNET_FAULT
      await runner.close()
    }
  }
  return { faults, firstFailure, close: () => server.close() }
}
