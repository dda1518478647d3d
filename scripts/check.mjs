// @ts-check
import { runTool } from './lib/process.mjs'

/** @type {readonly (readonly [name: string, tool: Parameters<typeof runTool>[0], args: readonly string[]])[]} */
const CHECKS = [
  ['types', 'tsc', ['-b', '--pretty']],
  ['lint, format, directions', 'biome', ['check', '--error-on-warnings', '--max-diagnostics=100', '--colors=off', '.']],
  ['unused code', 'knip', ['--no-progress', '--no-config-hints']],
]

const started = performance.now()
const results = await Promise.all(
  CHECKS.map(async ([name, tool, args]) => ({ name, ...(await runTool(tool, args, { show: false })) })),
)
for (const { name, code, output } of results) {
  if (code !== 0) process.stdout.write(`\n── ${name} ──\n${output.trim()}\n`)
}
const line = results.map(({ name, code, seconds }) => `${code === 0 ? '✓' : '✗'} ${name} ${seconds.toFixed(1)} s`).join(' · ')
process.stdout.write(`${line} · together ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0
