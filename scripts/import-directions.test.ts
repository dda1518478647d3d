import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** `importer` holds one import of `imported`; both are paths from the root, or `#protocol/…` and package names. */
type Probe = readonly [importer: string, imported: string]

const REFUSED: readonly Probe[] = [
  ['protocol/src/core/probe.ts', 'workers/port.ts'],
  ['protocol/src/core/probe.ts', 'relay/box.ts'],
  ['protocol/src/evidence/probe.ts', 'web/main.tsx'],
  ['workers/kernel/probe.ts', 'workers/modules/evidence/service.ts'],
  ['workers/kernel/mesh/probe.ts', 'workers/modules/evidence/service.ts'],
  ['workers/kernel/mesh/probe.ts', 'workers/transport/tensor/frame.ts'],
  ['workers/kernel/mesh/probe.ts', 'protocol/src/core/ids.ts'],
  ['workers/modules/evidence/probe.ts', 'workers/modules/civdef/service.ts'],
  ['workers/modules/lora/adapters/probe.ts', 'workers/modules/civdef/service.ts'],
  ['workers/modules/lora/adapters/probe.ts', 'workers/modules/civdef/regions/nrw.ts'],
  ['workers/modules/evidence/probe.ts', 'relay/box.ts'],
  ['workers/probe.worker.ts', 'web/main.tsx'],
  ['workers/rtc/probe.ts', 'sw/state.ts'],
  ['web/shell/probe.ts', 'workers/kernel/bus/bus.ts'],
  ['web/port/probe.ts', 'workers/rtc/worker.ts'],
  ['web/modules/evidence/probe.ts', 'workers/modules/evidence/service.ts'],
  ['web/shell/probe.ts', 'relay/box.ts'],
  ['web/shell/probe.ts', 'sw/state.ts'],
  ['sw/probe.ts', 'workers/port.ts'],
  ['sw/probe.ts', 'web/main.tsx'],
  ['relay/http/probe.ts', 'workers/kernel/mesh/mesh.ts'],
  ['relay/probe.ts', 'web/main.tsx'],
  ['conformance/runner/probe.ts', 'workers/kernel/bus/bus.ts'],
  ['conformance/probe.ts', 'relay/box.ts'],
  ['bench/probe.ts', 'web/main.tsx'],
  ['scripts/probe.ts', 'web/main.tsx'],
  ['web/e2e/probe.ts', 'web/shell/layout.tsx'],
]

const ALLOWED: readonly Probe[] = [
  ['protocol/src/evidence/probe.ts', 'protocol/src/core/ids.ts'],
  ['workers/kernel/mesh/probe.ts', '#protocol/core/ids.ts'],
  ['workers/kernel/mesh/probe.ts', 'workers/kernel/bus/bus.ts'],
  ['workers/modules/evidence/probe.ts', 'workers/kernel/bus/bus.ts'],
  ['workers/modules/evidence/probe.ts', 'workers/modules/evidence/claim.ts'],
  ['workers/modules/evidence/probe.ts', 'workers/modules/evidence/adapters/ollama.ts'],
  ['workers/modules/lora/adapters/probe.ts', 'workers/modules/lora/frame.ts'],
  ['workers/modules/lora/adapters/probe.ts', 'workers/kernel/store/store.ts'],
  ['web/port/probe.ts', 'workers/port.ts'],
  ['web/shell/probe.ts', 'workers/rtc/host.ts'],
  ['web/shell/probe.ts', 'web/kit/tokens.ts'],
  ['web/modules/evidence/probe.ts', '#protocol/evidence/capabilities.ts'],
  ['sw/probe.ts', '#protocol/core/version.ts'],
  ['relay/http/probe.ts', 'relay/box.ts'],
  ['relay/probe.ts', 'ws'],
  ['conformance/probe.ts', '#protocol/core/ids.ts'],
  ['bench/probe.ts', 'workers/kernel/bus/bus.ts'],
  ['web/e2e/support/probe.ts', 'relay/box.ts'],
]

const root = resolve(import.meta.dirname, '..')
let sandbox = ''

beforeAll(() => {
  sandbox = realpathSync(mkdtempSync(join(tmpdir(), 'hearthnet-directions-')))
  symlinkSync(join(root, 'node_modules'), join(sandbox, 'node_modules'))
})
afterAll(() => rmSync(sandbox, { recursive: true, force: true }))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(sandbox, path)), { recursive: true })
  writeFileSync(join(sandbox, path), text)
}

const run = (bin: string, args: readonly string[], cwd: string): string => {
  const { stdout, stderr, error } = spawnSync(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (error) throw error
  return stdout + stderr
}

/** The specifier by which `importer` names `imported`: relative, unless it is a package or `#protocol`. */
const specifier = (importer: string, imported: string): string => {
  if (!imported.includes('/') || imported.startsWith('#')) return imported
  const from = dirname(importer).split('/')
  const to = imported.split('/')
  let shared = 0
  while (shared < Math.min(from.length, to.length - 1) && from[shared] === to[shared]) shared++
  const up = from.length - shared
  return (up === 0 ? './' : '../'.repeat(up)) + to.slice(shared).join('/')
}

describe('The lint rule that holds the directions of imports', () => {
  const refused = new Set<string>()
  /** Probes get a folder-preserving name of their own, so that one run of the linter judges all of them. */
  const nameOf = ([importer]: Probe, index: number): string => importer.replace('probe', `probe-${index}`)
  const all = [...REFUSED, ...ALLOWED]

  beforeAll(() => {
    cpSync(join(root, 'biome.json'), join(sandbox, 'biome.json'))
    cpSync(join(root, '.gitignore'), join(sandbox, '.gitignore'))
    for (const [index, probe] of all.entries()) {
      write(nameOf(probe, index), `import { probe } from '${specifier(...probe)}'\n\nprobe()\n`)
    }
    const output = run('@biomejs/biome/bin/biome', ['lint', '--reporter=github', '--max-diagnostics=none', '.'], sandbox)
    for (const line of output.split('\n')) {
      if (!line.includes('noRestrictedImports')) continue
      const file = /file=([^,]+)/.exec(line)?.[1]
      if (file) refused.add(relative(sandbox, resolve(sandbox, file)))
    }
  })

  it.each(REFUSED.map((probe, index) => [...probe, index] as const))(
    'refuses that %s imports %s',
    (importer, imported, index) => {
      expect(refused).toContain(nameOf([importer, imported], index))
    },
  )

  it.each(ALLOWED.map((probe, index) => [...probe, index + REFUSED.length] as const))(
    'allows that %s imports %s',
    (importer, imported, index) => {
      expect(refused).not.toContain(nameOf([importer, imported], index))
    },
  )
})

describe('The TypeScript projects that hold the realms', () => {
  const OK = 'export const fine = 1\n'
  const FILES: Readonly<Record<string, string>> = {
    'protocol/src/core/fine.ts': 'export const digest = (bytes: BufferSource) => crypto.subtle.digest("SHA-256", bytes)\n',
    'protocol/src/core/uses-node.ts': 'export const home = process.cwd()\n',
    'workers/port.ts': OK,
    'workers/rtc/host.ts': 'export const peer = () => new RTCPeerConnection()\n',
    'workers/rtc/messages.ts': OK,
    'workers/kernel/fine.ts':
      "import { digest } from '#protocol/core/fine.ts'\nexport const scope = () => [self.name, digest] as const\n",
    'workers/kernel/plain.ts': OK,
    'workers/kernel/uses-document.ts': 'export const title = document.title\n',
    'workers/kernel/uses-window.ts': 'export const width = window.innerWidth\n',
    'workers/kernel/uses-node.ts': 'export const home = process.cwd()\n',
    'workers/kernel/imports-web.ts': "import { fine } from '../../web/plain.ts'\nexport const probe = fine\n",
    'web/fine.ts': "import { peer } from '../workers/rtc/host.ts'\nexport const fine = () => [document.title, peer] as const\n",
    'web/plain.ts': OK,
    'web/imports-kernel.ts': "import { fine } from '../workers/kernel/plain.ts'\nexport const probe = fine\n",
    'sw/fine.ts': 'export const skip = (scope: ServiceWorkerGlobalScope) => scope.skipWaiting()\n',
    'sw/uses-document.ts': 'export const title = document.title\n',
    'relay/fine.ts': "import { createServer } from 'node:http'\nexport const server = () => createServer()\n",
    'relay/uses-document.ts': 'export const title = document.title\n',
    'relay/imports-kernel.ts': "import { fine } from '../workers/kernel/plain.ts'\nexport const probe = fine\n",
  }
  const REALMS = ['protocol', 'workers/tsconfig.window.json', 'workers', 'web', 'sw', 'relay']
  const complaints = new Set<string>()

  beforeAll(() => {
    for (const file of ['package.json', 'tsconfig.base.json']) cpSync(join(root, file), join(sandbox, 'realms', file))
    for (const realm of REALMS) {
      const file = realm.endsWith('.json') ? realm : `${realm}/tsconfig.json`
      cpSync(join(root, file), join(sandbox, 'realms', file))
    }
    for (const [path, text] of Object.entries(FILES)) write(join('realms', path), text)
    const output = run('typescript/bin/tsc', ['-b', '--pretty', 'false', ...REALMS], join(sandbox, 'realms'))
    for (const line of output.split('\n')) {
      const file = /^(\S+?)\(\d+,\d+\): error/.exec(line)?.[1]
      if (file) complaints.add(file)
    }
  }, 60_000)

  const isBad = (path: string): boolean => /(uses|imports)-/.test(path)

  it.each(Object.keys(FILES).filter(isBad))('refuse %s', (path) => {
    expect(complaints).toContain(path)
  })

  it.each(Object.keys(FILES).filter((path) => !isBad(path)))('allow %s', (path) => {
    expect(complaints).not.toContain(path)
  })
})
