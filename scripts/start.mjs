import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// `npm start -- [options]`: builds the app if it is missing or older than its sources, then runs the box.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUILT = join(ROOT, 'dist/web/index.html')
const SOURCES = ['index.html', 'package-lock.json', 'protocol/src', 'public', 'sw', 'vite.config.ts', 'web', 'workers']

/** Latest change below a path, in milliseconds since 1970; 0 where there is nothing. */
function changed(path) {
  if (!existsSync(path)) return 0
  const info = statSync(path)
  if (!info.isDirectory()) return info.mtimeMs
  return readdirSync(path)
    .filter((name) => name !== 'node_modules' && !name.includes('.test.'))
    .reduce((latest, name) => Math.max(latest, changed(join(path, name))), 0)
}

function build() {
  console.log('Die App wird gebaut … / Building the app …')
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const args = process.argv.slice(2)
const onlyWords = args.includes('--help') || args.includes('-h') || args.includes('--web')
if (!onlyWords && SOURCES.some((source) => changed(join(ROOT, source)) > changed(BUILT))) build()

// Ed25519 in WebCrypto is marked experimental in Node 20, and says so at every start
const box = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'relay/main.ts', ...args], {
  cwd: ROOT,
  stdio: 'inherit',
})
// Ctrl+C in a terminal reaches the box by itself, and a second signal would kill it
process.on('SIGINT', () => process.stdin.isTTY || box.kill('SIGINT'))
process.on('SIGTERM', () => box.kill('SIGTERM'))
box.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
