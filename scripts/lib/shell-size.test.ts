import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { shellFiles } from './shell-size.mjs'

const BUILT = {
  'index.html':
    '<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/assets/index-a.css"><script type="module" src="/assets/index-a.js"></script>',
  'assets/index-a.css': 'body{margin:0}',
  'assets/index-a.js': 'import{a}from"./react-b.js";export{b}from"./kit-c.js";a();import("./screen-d.js")',
  'assets/react-b.js': 'export const a=()=>{}',
  'assets/kit-c.js': 'export const b=1',
  'assets/screen-d.js': 'export const screen=1',
  'assets/workers/node.worker-e.js':
    'import"./shared-f.js";import("./module-protocol-g.js");import("./module-lora-i.js");import("./browser-mesh-k.js")',
  'assets/workers/shared-f.js': 'self.shared=1',
  'assets/workers/module-protocol-g.js': 'import("./capabilities-j.js")',
  'assets/workers/module-lora-i.js': 'export const m=1',
  'assets/workers/browser-mesh-k.js': 'import"./shared-f.js";export const n=1',
  'assets/workers/capabilities-j.js': 'export const c=1',
  'assets/workers/compute.worker-h.js': 'self.heavy=1',
  'sw.js': 'self.skipWaiting',
  'favicon.svg': '<svg/>',
}

let directory = ''
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const build = (files: Readonly<Record<string, string>>): string => {
  directory = mkdtempSync(join(tmpdir(), 'hearthnet-shell-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  return directory
}

describe('The files of a first visit', () => {
  it('are the page with its static imports, the node worker with what is always on, the service worker, and the mesh', () => {
    const found = shellFiles(build(BUILT)).map(({ file, why }) => `${why}: ${file}`)
    expect(found.sort()).toEqual([
      'mesh: assets/workers/browser-mesh-k.js',
      'node worker: assets/workers/module-protocol-g.js',
      'node worker: assets/workers/node.worker-e.js',
      'node worker: assets/workers/shared-f.js',
      'page: assets/index-a.css',
      'page: assets/index-a.js',
      'page: assets/kit-c.js',
      'page: assets/react-b.js',
      'page: index.html',
      'service worker: sw.js',
    ])
  })

  it('are measured gzipped, the largest first', () => {
    const files = shellFiles(build({ ...BUILT, 'assets/react-b.js': `export const a="${'hearth '.repeat(9000)}"` }))
    const react = files.find(({ file }) => file === 'assets/react-b.js')
    expect(react?.bytes).toBeGreaterThan(60_000)
    expect(react?.gzip).toBeLessThan(1000)
    expect(files.map(({ gzip }) => gzip)).toEqual(files.map(({ gzip }) => gzip).sort((a, b) => b - a))
  })

  it('cannot be told without a node worker, rather than be told too small', () => {
    const { 'assets/workers/node.worker-e.js': _, ...rest } = BUILT
    expect(() => shellFiles(build(rest))).toThrow(/No node worker/)
  })
})
