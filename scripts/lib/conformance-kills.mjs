// @ts-check
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './process.mjs'

// Which case catches which fault. Every fault meets every case against the node in memory until one fails: first the case
// that caught it last, then those of its own rule, then all others. What passes them all meets them again in a browser,
// where frames, the box and other peers are real.

/** @typedef {'loopback' | 'browser'} Way */
/** @typedef {import('../../conformance/faults/fault.ts').Fault} Fault */
/** @typedef {import('../../conformance/faults/kills.ts').Kill} Kill */
/** @typedef {{ readonly by: string | null, readonly ran: number }} Verdict */

/** Runs at once: each is a process of its own, and mostly waits. A browser has the machine for itself. */
const AT_ONCE = { loopback: 2, browser: 1 }
/** A node that hangs is told from a right one. Milliseconds. */
const LIMIT_MS = { loopback: 600_000, browser: 900_000 }
/** Among so many faults comes one run without any: what fails then is no kill. */
const BETWEEN_SOUND_RUNS = 40
const SOUND = ''
const WANTED = 0.95
/** Characters of what gave a fault away (CONF-7). */
const LONGEST = 300
const OUT = join(ROOT, 'conformance-report')
const PARTIAL = join(OUT, 'faults.partial.json')
const TABLE = join(ROOT, 'conformance/faults/kills.json')

/**
 * One run, in a process of its own.
 * @param {Way} way
 * @param {{ readonly name: string, readonly first: readonly string[] }} fault
 * @returns {Promise<Verdict>} the case that failed, or null where none did
 */
const run = (way, { name, first }) =>
  new Promise((resolve) => {
    const own = ['--target', way, '--fault', name, ...first.flatMap((early) => ['--first', early])]
    const child = spawn(process.execPath, ['scripts/conformance.mjs', ...own], {
      cwd: ROOT,
      // what was built for the first serves the others
      env: { ...process.env, CONFORMANCE_BUILT: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS[way])
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.on('close', () => {
      clearTimeout(timer)
      const told = /\{"fault":.*\}/.exec(said)?.[0]
      resolve(told === undefined ? { by: 'the run did not come to its end', ran: 0 } : JSON.parse(told))
    })
  })

/**
 * Of everything that decides what a run finds: what was measured with another suite or node is measured anew.
 * @param {readonly string[]} directories
 */
const fingerprint = (directories) => {
  const hash = createHash('sha256')
  for (const directory of directories) {
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
      if (/\.m?js$/.test(name)) hash.update(name).update(readFileSync(join(directory, name)))
    }
  }
  return hash.digest('hex')
}

/**
 * What is known from a measurement that was broken off, kept row by row.
 * @param {string} of
 * @param {boolean} again
 */
const notesOf = (of, again) => {
  /** @typedef {{ of: string, started_at: string, verdicts: Record<string, Verdict> }} Notes */
  /** @type {Notes} */
  const fresh = { of, started_at: new Date().toISOString(), verdicts: {} }
  /** @type {Notes} */
  const known = existsSync(PARTIAL) && !again ? JSON.parse(readFileSync(PARTIAL, 'utf8')) : fresh
  const notes = known.of === of ? known : fresh
  return {
    startedAt: notes.started_at,
    /** @param {string} key */
    get: (key) => notes.verdicts[key],
    /** @param {string} key @param {Verdict} verdict */
    set(key, verdict) {
      notes.verdicts[key] = verdict
      mkdirSync(OUT, { recursive: true })
      writeFileSync(PARTIAL, JSON.stringify(notes))
    },
  }
}

/** The case that caught each fault when the table was last written: likely the one to catch it again. */
const caughtLast = () => {
  /** @type {{ rows: readonly Kill[] }} */
  const { rows } = existsSync(TABLE) ? JSON.parse(readFileSync(TABLE, 'utf8')) : { rows: [] }
  return new Map(rows.flatMap(({ fault, by }) => (by === null ? [] : [[fault, [by]]])))
}

/** @param {readonly Kill[]} rows */
const summary = (rows) => {
  const caught = rows.filter(({ by }) => by !== null).length
  const rate = rows.length === 0 ? 0 : caught / rows.length
  const missed = rows.filter(({ by }) => by === null).map(({ fault, reason }) => `· ${fault}  ${reason}\n`)
  process.stdout.write(`\n${missed.join('')}${caught} of ${rows.length} faults are caught: ${(rate * 100).toFixed(1)} %\n`)
  return rate
}

/**
 * Runs the suite against every fault and says which case catches which. The whole table is written where it is committed;
 * a part of it only shown. A run that was broken off goes on where it was; without a browser the table says so.
 * @param {readonly Fault[]} faults
 * @param {readonly string[]} args
 * @param {{ readonly suiteVersion: string, readonly built: readonly string[] }} about
 * @returns {Promise<number>} exit code
 */
export const killRate = async (faults, args, { suiteVersion, built }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      faults: { type: 'boolean' },
      part: { type: 'string', multiple: true, default: [] },
      again: { type: 'boolean', default: false },
      'without-browser': { type: 'boolean', default: false },
    },
  })
  const chosen = faults.filter(({ name }) => values.part.length === 0 || values.part.some((part) => name.startsWith(part)))
  const notes = notesOf(fingerprint(built), values.again)
  const last = caughtLast()
  /** @type {Record<Way, { cases: number, sound: number }>} */
  const runs = { loopback: { cases: 0, sound: 0 }, browser: { cases: 0, sound: 0 } }

  /**
   * @param {Way} way
   * @param {readonly Fault[]} some
   */
  const against = async (way, some) => {
    /** @type {{ readonly name: string, readonly first: readonly string[], readonly key: string }[]} */
    const queue = some.flatMap(({ name, rule }, at) => [
      ...(at % BETWEEN_SOUND_RUNS === 0 ? [{ name: SOUND, first: [], key: `${way} sound ${at}` }] : []),
      { name, first: [rule, ...(last.get(name) ?? [])], key: `${way} ${name}` },
    ])
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const verdict = notes.get(next.key) ?? (await run(way, next))
        if (next.name === SOUND) {
          if (verdict.by !== null) throw new Error(`without a fault, over ${way}: ${verdict.by}`)
          runs[way] = { cases: verdict.ran, sound: runs[way].sound + 1 }
        } else process.stdout.write(`${verdict.by === null ? '·' : '✓'} ${way} ${next.name}  ${verdict.by ?? 'missed'}\n`)
        notes.set(next.key, verdict)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE[way] }, work))
  }

  await against('loopback', chosen)
  const missed = chosen.filter(({ name, unseen }) => !unseen && notes.get(`loopback ${name}`)?.by === null)
  if (!values['without-browser']) await against('browser', missed)

  /** @param {string} name */
  const untold = (name) =>
    notes.get(`browser ${name}`) === undefined
      ? 'No case against the node in memory fails, and it was not tried in a browser.'
      : 'No case fails, in memory or in a browser.'
  const rows = chosen
    .map(({ name, rule, unseen }) => {
      const found = notes.get(`loopback ${name}`)?.by ?? null
      const by = (found ?? notes.get(`browser ${name}`)?.by ?? null)?.slice(0, LONGEST) ?? null
      /** @type {Way | null} */
      const target = by === null ? null : found === null ? 'browser' : 'loopback'
      return { fault: name, rule, target, by, reason: by === null ? (unseen ?? untold(name)) : null }
    })
    .sort((a, b) => (a.fault < b.fault ? -1 : 1))
  const rate = summary(rows)
  if (chosen.length === faults.length) {
    const head = {
      format: 'hearthnet-conformance-faults',
      version: 1,
      suite_version: suiteVersion,
      started_at: notes.startedAt,
    }
    const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
    const opening = JSON.stringify({ ...head, ended_at: new Date().toISOString(), runs }, null, 2).replace(/\n}$/, ',')
    writeFileSync(TABLE, `${opening}\n  "rows": [\n${lines}\n  ]\n}\n`)
  }
  return rate >= WANTED ? 0 : 1
}
