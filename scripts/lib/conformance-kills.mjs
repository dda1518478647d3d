// @ts-check

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './process.mjs'

/** Faults at once: each is a process of its own. */
const AT_ONCE = 2
/** A node that hangs is told from a right one. */
const LIMIT_MS = 90_000
const WANTED = 0.95
const OUT = join(ROOT, 'conformance-report')

/** @typedef {{ readonly name: string, readonly rule: string, readonly unseen?: string }} Fault */
/** @typedef {{ readonly fault: string, readonly rule: string, readonly by: string | null, readonly unseen?: string }} Row */

/**
 * One fault, in a process of its own.
 * @param {Fault} fault
 * @param {readonly string[]} args
 * @returns {Promise<string | null>} the case that caught it
 */
const caughtBy = ({ name, rule }, args) =>
  new Promise((resolve) => {
    const own = ['--target', 'loopback', '--fault', name, '--first', rule, ...args]
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/conformance.mjs', ...own], {
      cwd: ROOT,
      // what was built for the first serves the others
      env: { ...process.env, CONFORMANCE_BUILT: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.on('close', () => {
      clearTimeout(timer)
      const by = /\{"fault":.*\}/.exec(said)?.[0]
      if (by === undefined) resolve('the run did not come to its end')
      else resolve(JSON.parse(by).by === 'nothing' ? null : JSON.parse(by).by)
    })
  })

/** @param {readonly Row[]} rows */
const table = (rows) =>
  [
    '# Faults and what catches them',
    '',
    '| Fault | Rule | Caught by |',
    '| --- | --- | --- |',
    ...rows.map(
      ({ fault, rule, by, unseen }) => `| ${fault} | ${rule} | ${by ?? `**missed**${unseen ? `: ${unseen}` : ''}`} |`,
    ),
    '',
  ].join('\n')

/**
 * Runs the suite against every fault, one after the other, and writes which case catches which.
 * @param {readonly Fault[]} faults
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export const killRate = async (faults, args) => {
  /** @type {Row[]} */
  const rows = []
  const queue = [...faults]
  const work = async () => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      const by = await caughtBy(fault, args)
      rows.push({ fault: fault.name, rule: fault.rule, by, ...(fault.unseen ? { unseen: fault.unseen } : {}) })
      process.stdout.write(`${by === null ? '·' : '✓'} ${fault.name}  ${by ?? 'missed'}\n`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  rows.sort((a, b) => (a.fault < b.fault ? -1 : 1))
  const caught = rows.filter(({ by }) => by !== null).length
  mkdirSync(OUT, { recursive: true })
  writeFileSync(join(OUT, 'faults.json'), `${JSON.stringify({ known: rows.length, caught, rows }, null, 2)}\n`)
  writeFileSync(join(OUT, 'faults.md'), table(rows))
  const rate = rows.length === 0 ? 0 : caught / rows.length
  process.stdout.write(`\n${caught} of ${rows.length} faults are caught: ${(rate * 100).toFixed(1)} %\n`)
  return rate >= WANTED ? 0 : 1
}
