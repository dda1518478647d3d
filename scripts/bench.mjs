// @ts-check
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'
import { ROOT, runTool } from './lib/process.mjs'
import { table } from './lib/table.mjs'

register()
const { HEADER, rowOf } = await import('../bench/report.ts')

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const files = readdirSync(join(ROOT, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => (positionals.length === 0 ? !name.includes('.long.') : positionals.some((filter) => name.includes(filter))))
const folder = mkdtempSync(join(tmpdir(), 'hearthnet-bench-'))
/** @type {import('../bench/report.ts').BenchReport[]} */
const reports = []
try {
  for (const [index, name] of files.entries()) {
    const out = join(folder, `${index}.json`)
    const [load = 0] = loadavg()
    const { code, seconds } = await runTool('tsx', ['scripts/lib/bench-one.mjs', join('bench', name), out], { show: true })
    const circumstances = `  ${new Date().toISOString().slice(0, 16)}Z, ${availableParallelism()} cores, load ${load.toFixed(1)} before; took ${seconds.toFixed(0)} s.`
    process.stderr.write(`${name}: ${code === 0 ? 'measured' : 'failed'}\n${circumstances}\n`)
    /** @type {import('../bench/report.ts').BenchReport} */
    const report = code === 0 ? JSON.parse(readFileSync(out, 'utf8')) : null
    if (report) reports.push({ ...report, notes: [...report.notes, circumstances] })
    else process.exitCode = code
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

for (const { title, notes, measurements } of reports) {
  process.stdout.write(`\n${[title, ...notes].join('\n')}\n${table(HEADER, measurements.map(rowOf))}\n`)
}
if (files.length === 0) process.stdout.write('Nothing to measure: bench/ has no *.bench.ts\n')
if (values.json) writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`)
