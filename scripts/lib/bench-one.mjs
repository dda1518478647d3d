// @ts-check
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Runs one measurement in a process of its own, so that none warms up or clutters another: `tsx bench-one.mjs FILE OUT`.
const [file = '', out = ''] = process.argv.slice(2)
/** @type {{ run(): Promise<import('../../bench/report.ts').BenchReport> }} */
const bench = await import(pathToFileURL(resolve(file)).href)
writeFileSync(out, JSON.stringify(await bench.run()))
process.exit(0)
