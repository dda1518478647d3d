// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBrowser, launchOptions } from './lib/browser.mjs'
import { ROOT, runTool } from './lib/process.mjs'

// `npm run conformance -- [options]`: builds the app where it is out of date, the suite and the page of its peers, then runs it.

const BUILT = join(ROOT, 'dist/conformance')
const WEB = join(ROOT, 'dist/web')
const FAULTY = join(ROOT, 'dist/faulty')
const APP_SOURCES = ['package-lock.json', 'protocol/src', 'public', 'sw', 'vite.config.ts', 'web', 'workers']
const FAULT_SOURCES = ['areas', 'all.ts', 'fault.ts', 'plugin.ts', 'rewrite.ts', 'vite.config.ts'].map(
  (name) => `conformance/faults/${name}`,
)
const SUITE_SOURCES = ['conformance', 'protocol/src', 'scripts/conformance.mjs', 'package-lock.json']

/**
 * Latest change below a path, in milliseconds since 1970; 0 where there is nothing.
 * @param {string} path
 * @returns {number}
 */
const changed = (path) => {
  if (!existsSync(path)) return 0
  const info = statSync(path)
  if (!info.isDirectory()) return info.mtimeMs
  return (
    readdirSync(path)
      // tests and journeys are no part of what is built
      .filter((name) => !['node_modules', 'e2e'].includes(name) && !name.includes('.test.'))
      .reduce((latest, name) => Math.max(latest, changed(join(path, name))), 0)
  )
}

/**
 * @param {string} built
 * @param {readonly string[]} sources
 */
const isStale = (built, sources) =>
  process.env.CONFORMANCE_BUILT !== '1' && sources.some((source) => changed(join(ROOT, source)) > changed(built))

/** Loaded by who builds something: a run of what is built starts in half the time. */
const bundler = () => import('vite')

/** @param {'app' | 'faulty'} which */
const buildApp = async (which) => {
  const args =
    which === 'app'
      ? ['build', '--logLevel', 'warn']
      : // a config that imports another one in TypeScript: read by Vite's own runner
        ['build', '--config', 'conformance/faults/vite.config.ts', '--configLoader', 'runner', '--logLevel', 'warn']
  const { code, output } = await runTool('vite', args, { show: false })
  if (code !== 0) throw new Error(`the app cannot be built:\n${output}`)
}

/** The suite for Node, and its peer for a browser. */
const buildSuite = async () => {
  const { build } = await bundler()
  const common = /** @type {const} */ ({ configFile: false, root: ROOT, logLevel: 'warn' })
  await build({
    ...common,
    build: {
      ssr: join(ROOT, 'conformance/runner/main.ts'),
      outDir: join(BUILT, 'runner'),
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  await build({
    ...common,
    publicDir: false,
    build: {
      outDir: join(BUILT, 'peer'),
      emptyOutDir: true,
      target: 'es2022',
      lib: { entry: join(ROOT, 'conformance/targets/browser/page/main.ts'), formats: ['es'], fileName: () => 'peer.js' },
    },
  })
}

const args = process.argv.slice(2)
const quiet = args.includes('--json')
const wants = (/** @type {string} */ name) => args.some((arg) => arg === name || arg.startsWith(`${name}=`))
const targetAt = args.indexOf('--target')
const target = targetAt < 0 ? 'browser' : args[targetAt + 1]
const faults = wants('--fault') || wants('--faults')
const faultAt = args.indexOf('--fault')
// asked once, when the node's code loads
if (faultAt >= 0) process.env.HEARTHNET_FAULT = args[faultAt + 1]
const own = !wants('--url') && !wants('--help') && !wants('-h')

if (target === 'browser' && own && !(args.includes('--faults') && args.includes('--without-browser'))) {
  process.env.CHROMIUM_PATH = ensureBrowser()
  const [which, directory] = faults ? /** @type {const} */ (['faulty', FAULTY]) : /** @type {const} */ (['app', WEB])
  const sources = faults ? [...APP_SOURCES, ...FAULT_SOURCES] : APP_SOURCES
  if (isStale(join(directory, 'index.html'), sources)) {
    if (!quiet) process.stdout.write('Building the app …\n')
    await buildApp(which)
  }
}
const runner = join(BUILT, 'runner/main.mjs')
if (isStale(runner, SUITE_SOURCES) || !existsSync(join(BUILT, 'peer/peer.js'))) await buildSuite()

/** The app's own node for Node, with the faults inside where one is asked for. */
const loopback = async () => {
  const outDir = join(BUILT, faults ? 'faulty-host' : 'host')
  const built = join(outDir, 'conformance-host.mjs')
  if (isStale(built, [...APP_SOURCES, 'scripts/lib', ...(faults ? FAULT_SOURCES : [])])) await buildHost(outDir)
  return import(pathToFileURL(built).href)
}

/** @param {string} outDir */
const buildHost = async (outDir) => {
  const plugins = []
  if (faults) {
    const { loadFaults } = await import('../conformance/faults/load.mjs')
    const { faults, withFaults } = await loadFaults()
    plugins.push(withFaults(ROOT, faults))
  }
  const { build } = await bundler()
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    plugins,
    build: {
      ssr: join(ROOT, 'scripts/lib/conformance-host.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
}

if (args.includes('--faults')) {
  const { loadFaults } = await import('../conformance/faults/load.mjs')
  const { killRate } = await import('./lib/conformance-kills.mjs')
  await loopback()
  const suiteVersion = readFileSync(join(ROOT, 'conformance/VERSION'), 'utf8').trim()
  const sources = [...APP_SOURCES, ...SUITE_SOURCES]
  process.exit(await killRate((await loadFaults()).faults, args, { suiteVersion, sources }))
}

/** @type {typeof import('../conformance/runner/main.ts')} */
const { main } = await import(pathToFileURL(runner).href)
const code = await main(args, {
  root: ROOT,
  web: WEB,
  faulty: FAULTY,
  peerPage: join(BUILT, 'peer'),
  loopback,
  launch: launchOptions(),
})
// a node with a fault may leave something running
if (faults) process.exit(code)
process.exitCode = code
