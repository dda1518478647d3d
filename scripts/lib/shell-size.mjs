// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseSync } from 'vite'

/** What may be loaded, gzipped, before a person can use the app; and with the mesh, which follows while they type a name. */
export const SHELL_LIMIT_BYTES = 350 * 1024
export const MESH_LIMIT_BYTES = 420 * 1024

/** The workers that start with the app; the others load when someone asks for what they do. */
const STARTING_WORKER = /^node\.worker-/
/** The chunks of modules that are on from the beginning (section 9); `vite.config.ts` names a module's chunk after its folder. */
const STARTING_MODULE = /(^|\/)module-protocol-[^/]+$/
const MESH = /(^|\/)browser-mesh-[^/]+$/
const WORKERS_FOLDER = 'assets/workers'

/**
 * @typedef {{ readonly file: string, readonly why: 'page' | 'node worker' | 'service worker' | 'mesh', readonly bytes: number, readonly gzip: number }} ShellFile
 */

/**
 * Everything that a first visit loads before a person can see the app and its node runs: index.html, all scripts and styles
 * it reaches by static imports, the node worker with the modules that nobody has to switch on, and the service worker; and
 * the mesh, which the node needs as soon as the device has an identity. Not counted: what is loaded when somebody asks for it (screens, trials, libraries), the other workers, pictures and models.
 * @param {string} directory the built app
 * @returns {ShellFile[]} largest first
 */
export const shellFiles = (directory) => {
  const page = closure(directory, ['index.html'], null)
  const node = closure(directory, startingWorkers(directory), STARTING_MODULE)
  const mesh = closure(directory, startingWorkers(directory), MESH)
  /** @type {Map<string, ShellFile['why']>} */
  const why = new Map()
  for (const file of mesh) why.set(file, 'mesh')
  for (const file of node) why.set(file, 'node worker')
  for (const file of page) why.set(file, 'page')
  why.set('sw.js', 'service worker')
  return [...why].map(([file, reason]) => measure(directory, file, reason)).sort((a, b) => b.gzip - a.gzip)
}

/**
 * @param {string} directory
 * @param {string} file
 * @param {ShellFile['why']} why
 * @returns {ShellFile}
 */
const measure = (directory, file, why) => {
  const content = readFileSync(join(directory, file))
  return { file, why, bytes: content.length, gzip: gzipSync(content, { level: 9 }).length }
}

/** @param {string} directory */
const startingWorkers = (directory) => {
  const found = readdirSync(join(directory, WORKERS_FOLDER)).filter((name) => STARTING_WORKER.test(name))
  if (found.length === 0)
    throw new Error(`No node worker in ${join(directory, WORKERS_FOLDER)}: the budget would measure too little`)
  return found.map((name) => posix.join(WORKERS_FOLDER, name))
}

/**
 * @param {string} directory
 * @param {readonly string[]} entries
 * @param {RegExp | null} later which dynamic imports to follow
 * @returns {Set<string>}
 */
const closure = (directory, entries, later) => {
  /** @type {Set<string>} */
  const seen = new Set()
  const queue = [...entries]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    queue.push(...references(file, readFileSync(join(directory, file), 'utf8'), later))
  }
  return seen
}

/**
 * @param {string} file
 * @param {string} source
 * @param {RegExp | null} later
 * @returns {string[]} files of the app, relative to its root
 */
const references = (file, source, later) => {
  if (file.endsWith('.html')) return htmlReferences(source)
  if (!file.endsWith('.js')) return []
  const { module } = parseSync(file, source)
  const imports = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap((name) => name.moduleRequest?.value ?? [])),
  ]
  if (later) {
    for (const { moduleRequest } of module.dynamicImports) {
      const literal = /^["'`](.*)["'`]$/.exec(source.slice(moduleRequest.start, moduleRequest.end))
      if (literal?.[1] && later.test(literal[1])) imports.push(literal[1])
    }
  }
  return imports.map((specifier) => posix.join(posix.dirname(file), specifier))
}

/** @param {string} html */
const htmlReferences = (html) => {
  const files = []
  for (const [tag] of html.matchAll(/<(?:script|link)\b[^>]*>/g)) {
    const url = /\b(?:src|href)="\/?([^"?#:]+)/.exec(tag)?.[1]
    if (url && /\.(?:js|css)$/.test(url)) files.push(url)
  }
  return files
}
