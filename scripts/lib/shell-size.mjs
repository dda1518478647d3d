// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseSync } from 'vite'

/** What a first visit may cost, gzipped. */
export const SHELL_LIMIT_BYTES = 350 * 1024

/** The workers that start with the app; the others load when someone asks for what they do. */
const STARTING_WORKER = /^node\.worker-/
/** How Vite names the chunk of a `modules/<id>/module.ts`. */
const MODULE_CHUNK = /(^|\/)module-[^/]+$/
const WORKERS_FOLDER = 'assets/workers'

/**
 * @typedef {{ readonly file: string, readonly why: 'page' | 'node worker' | 'service worker', readonly bytes: number, readonly gzip: number }} ShellFile
 */

/**
 * Everything that a first visit loads before a person can see the app and its node runs: index.html, all scripts and styles
 * it reaches by static imports, the node worker with its modules (found by glob and loaded as they are enabled), and the
 * service worker. Not counted: lazily loaded screens and libraries, the other workers, pictures and models.
 * @param {string} directory the built app
 * @returns {ShellFile[]} largest first
 */
export const shellFiles = (directory) => {
  const page = closure(directory, ['index.html'], { dynamic: false })
  const node = closure(directory, startingWorkers(directory), { dynamic: true })
  /** @type {Map<string, ShellFile['why']>} */
  const why = new Map()
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
 * @param {{ readonly dynamic: boolean }} options
 * @returns {Set<string>}
 */
const closure = (directory, entries, options) => {
  /** @type {Set<string>} */
  const seen = new Set()
  const queue = [...entries]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    queue.push(...references(file, readFileSync(join(directory, file), 'utf8'), options))
  }
  return seen
}

/**
 * @param {string} file
 * @param {string} source
 * @param {{ readonly dynamic: boolean }} options
 * @returns {string[]} files of the app, relative to its root
 */
const references = (file, source, options) => {
  if (file.endsWith('.html')) return htmlReferences(source)
  if (!file.endsWith('.js')) return []
  const { module } = parseSync(file, source)
  const imports = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap((name) => name.moduleRequest?.value ?? [])),
  ]
  if (options.dynamic) {
    for (const { moduleRequest } of module.dynamicImports) {
      const literal = /^["'`](.*)["'`]$/.exec(source.slice(moduleRequest.start, moduleRequest.end))
      // what a module itself loads later is there for those who ask for it
      if (literal?.[1] && MODULE_CHUNK.test(literal[1])) imports.push(literal[1])
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
