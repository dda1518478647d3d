import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin, type UserConfig } from 'vite'
import { SECURITY_HEADERS } from './relay/http/headers.ts'
import { sizeBudget } from './scripts/build-budget.mjs'
import { withoutUnreached } from './scripts/build-lean.mjs'
import { serviceWorker } from './scripts/build-sw.mjs'
import { auditVerifier } from './scripts/build-verifier.mjs'

const root = import.meta.dirname
const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const define = { __APP_VERSION__: JSON.stringify(version) }

/** The oldest browsers in which a data channel can be handed to a worker; nothing is polyfilled for older ones. */
const TARGET = ['chrome130', 'edge130', 'firefox144', 'safari18']

/** A worker's chunk; a module's is named after its folder. */
function chunkName({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  const module = /\/modules\/([^/]+)\/module\.ts$/.exec(facadeModuleId ?? '')?.[1]
  return `assets/workers/${module ? `module-${module}` : '[name]'}-[hash].js`
}

/** React's fast refresh puts an inline script into the page; what is built has none. */
const DEVELOPMENT_HEADERS = {
  ...SECURITY_HEADERS,
  'Content-Security-Policy': (SECURITY_HEADERS['Content-Security-Policy'] ?? '').replace(
    "script-src 'self'",
    "script-src 'self' 'unsafe-inline'",
  ),
}

/** What a build of the app is beside where it goes. */
interface BuildOptions {
  readonly directory: string
  /** Beside the app's own. */
  readonly plugins: readonly Plugin[]
  readonly workerPlugins: () => readonly Plugin[]
}

export const appConfig = ({ directory, plugins, workerPlugins }: BuildOptions): UserConfig => ({
  root: join(root, 'web'),
  resolve: {
    // what its package names first is for browsers without classes
    alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' }],
    // with its script inside itself the engine hangs as soon as it has a second thread
    conditions: [...defaultClientConditions, 'onnxruntime-web-use-extern-wasm'],
  },
  publicDir: join(root, 'public'),
  define,
  plugins: [
    react(),
    auditVerifier({ root, directory, target: TARGET }),
    serviceWorker({ root, directory, define, target: TARGET }),
    ...plugins,
  ],
  server: { headers: DEVELOPMENT_HEADERS, fs: { allow: [root] } },
  preview: { headers: { ...SECURITY_HEADERS } },
  worker: {
    format: 'es',
    plugins: () => [withoutUnreached(), ...workerPlugins()],
    rolldownOptions: {
      output: { entryFileNames: 'assets/workers/[name]-[hash].js', chunkFileNames: chunkName },
    },
  },
  build: {
    outDir: directory,
    emptyOutDir: true,
    target: TARGET,
    modulePreload: { polyfill: false },
    // The budget below says what a first visit costs; a warning about single chunks would only be noise beside it.
    chunkSizeWarningLimit: 1024,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        // React changes less often than the app does: a chunk of its own survives most updates in the cache.
        codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\// }] },
      },
    },
  },
})

const directory = join(root, 'dist/web')
export default defineConfig(appConfig({ directory, plugins: [sizeBudget({ directory })], workerPlugins: () => [] }))
