// @ts-check
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Entry scripts of the tools, started with this same Node: no shell, no npx, the same on every system. */
const TOOLS = {
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
  playwright: 'node_modules/@playwright/test/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  tsx: 'node_modules/tsx/dist/cli.mjs',
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
}

/**
 * @param {keyof typeof TOOLS} tool
 * @param {readonly string[]} args
 * @param {{ readonly show: boolean, readonly env?: Record<string, string> }} options `show`: straight to the terminal
 * @returns {Promise<{ readonly code: number, readonly output: string, readonly seconds: number }>}
 */
export const runTool = (tool, args, { show, env = {} }) => {
  const started = performance.now()
  const child = spawn(process.execPath, [join(ROOT, TOOLS[tool]), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  })
  /** @type {Buffer[]} */
  const chunks = []
  child.stdout?.on('data', (chunk) => chunks.push(chunk))
  child.stderr?.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolveRun, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolveRun({ code: code ?? 1, output: Buffer.concat(chunks).toString(), seconds: (performance.now() - started) / 1000 })
    })
  })
}
