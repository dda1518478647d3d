// @ts-check
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * The faults and the plugins that build them in, for scripts that Node runs as they are: the list is found by a glob of the
 * bundler's.
 */
export const loadFaults = async () => {
  /** @type {{ module: typeof import('./all.ts') }} */
  const { module: all } = await runnerImport(here('./all.ts'))
  /** @type {{ module: typeof import('./plugin.ts') }} */
  const { module: plugin } = await runnerImport(here('./plugin.ts'))
  return { faults: all.FAULTS, withFaults: plugin.withFaults, everyFaultMet: plugin.everyFaultMet }
}
