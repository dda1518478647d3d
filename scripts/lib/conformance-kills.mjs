// @ts-check
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hashOf, mergedRows, readTable, writeTable } from '../../conformance/faults/table.mjs'
import { ROOT } from './process.mjs'

// Which case catches which fault. Every fault meets the node in memory: first the case that caught it last and those of its own
// rule, by themselves, then, where none of these fails, the whole suite. What passes that meets the same in a browser, where
// frames, the box and other peers are real.

/** @typedef {'loopback' | 'browser'} Way */
/** @typedef {import('../../conformance/faults/fault.ts').Fault} Fault */
/** @typedef {import('../../conformance/faults/kills.ts').MeasuredRow} Row */
/** @typedef {{ readonly by: string | null, readonly ran: number }} Verdict */

/** Runs in memory at once: each is a process of its own, and mostly waits. A browser has the machine for itself. */
const AT_ONCE = '2'
/** @type {readonly Way[]} */
const WAYS = ['loopback', 'browser']
/** A node that hangs is told from a right one. Milliseconds. */
const LIMIT_MS = { loopback: 600_000, browser: 900_000 }
/** Among so many faults comes one run without any: what fails then is no kill. */
const BETWEEN_SOUND_RUNS = 40
const SOUND = ''
const SOUND_ATTEMPTS = 3
const WANTED = 0.95
/** Characters of what gave a fault away (CONF-7). */
const LONGEST = 300
const OUT = join(ROOT, 'conformance-report')
const PARTIAL = join(OUT, 'faults.partial.json')

/**
 * One run, in a process of its own.
 * @param {Way} way
 * @param {string} name of the fault
 * @param {readonly string[]} only beginnings of the ids of the cases that run; none for all of them
 * @returns {Promise<Verdict>} the case that failed, or null where none did
 */
const run = (way, name, only) =>
  new Promise((resolve) => {
    const own = ['--target', way, '--fault', name, ...only.flatMap((start) => ['--case', start])]
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

/** What changes nothing in a run: tests, texts, and the table that measurements write. */
const NO_PART = /\.test\.\w+$|\.md$|[\\/]kills\.json$/

/**
 * Of everything that decides what a run finds: what was measured with another suite or node is measured anew.
 * @param {readonly string[]} sources files and folders, from the root of the repository
 */
const fingerprint = (sources) => {
  const hash = createHash('sha256')
  const files = sources.flatMap((source) =>
    statSync(join(ROOT, source)).isDirectory()
      ? readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' }).map((name) => join(source, name))
      : [source],
  )
  for (const name of [...new Set(files)].sort()) {
    if (NO_PART.test(name) || statSync(join(ROOT, name)).isDirectory()) continue
    hash.update(name).update(readFileSync(join(ROOT, name)))
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
    /** @param {string} start @returns {readonly Verdict[]} */
    all: (start) => Object.entries(notes.verdicts).flatMap(([key, verdict]) => (key.startsWith(start) ? [verdict] : [])),
    /** @param {string} key @param {Verdict} verdict */
    set(key, verdict) {
      notes.verdicts[key] = verdict
      mkdirSync(OUT, { recursive: true })
      writeFileSync(PARTIAL, JSON.stringify(notes))
    },
  }
}

/**
 * @param {readonly Fault[]} faults
 * @param {readonly Row[]} rows
 * @returns the rate of the faults that are caught; what was never tried is not
 */
const summary = (faults, rows) => {
  const known = new Map(rows.map((row) => [row.fault, row]))
  const caught = rows.filter(({ by }) => by !== null).length
  const rate = caught / faults.length
  const missed = faults
    .filter(({ name }) => (known.get(name)?.by ?? null) === null)
    .map(({ name }) => `· ${name}  ${known.get(name)?.reason ?? 'It was never tried.'}\n`)
  process.stdout.write(`\n${missed.join('')}${caught} of ${faults.length} faults are caught: ${(rate * 100).toFixed(1)} %\n`)
  return rate
}

/**
 * Runs the suite against faults and says which case catches which. Their rows take the place of older ones in the table, and
 * name this measurement. One that was broken off goes on where it was.
 * @param {readonly Fault[]} faults
 * @param {readonly string[]} args
 * @param {{ readonly suiteVersion: string, readonly sources: readonly string[] }} about
 * @returns {Promise<number>} exit code
 */
export const killRate = async (faults, args, { suiteVersion, sources }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      faults: { type: 'boolean' },
      part: { type: 'string', multiple: true, default: [] },
      'only-new': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      'without-browser': { type: 'boolean', default: false },
      'without-memory': { type: 'boolean', default: false },
      'at-once': { type: 'string', default: AT_ONCE },
    },
  })
  const table = readTable(suiteVersion)
  const known = new Map(table.rows.map((row) => [row.fault, row]))
  /** @param {Fault} fault */
  const isNew = (fault) => known.get(fault.name)?.of !== hashOf(fault)
  const chosen = faults
    .filter(({ name }) => values.part.length === 0 || values.part.some((part) => name.startsWith(part)))
    .filter((fault) => !values['only-new'] || isNew(fault))
  const state = fingerprint(sources)
  const notes = notesOf(state, values.again)

  /**
   * Cases that are likely to see a fault: the one that did last, and those of its rule.
   * @param {Fault} fault
   */
  const likely = ({ name, rule }) => {
    const last = known.get(name)?.by
    return [`${rule}.`, ...(last ? [last] : [])]
  }

  /** @param {readonly Fault[]} some @returns all that is likely to see one of them */
  const earlyOf = (some) => [...new Set(some.flatMap(likely))]

  /**
   * @param {Way} way
   * @param {string} key
   * @param {string} name
   * @param {readonly string[]} [only]
   */
  const verdictOf = async (way, key, name, only = []) => {
    const verdict = notes.get(key) ?? (await run(way, name, only))
    notes.set(key, verdict)
    return verdict
  }

  /**
   * A node without a fault passes what the faulty ones meet: otherwise nothing of it is a kill. On a machine that does much else a
   * run may fail by that alone: it is made again, and the case that failed is believed of no fault without a second look.
   * @param {Way} way
   * @param {string} when
   * @param {readonly string[]} only
   */
  const requireSound = async (way, when, only = []) => {
    for (let attempt = 1; ; attempt++) {
      const key = `${way} ${attempt === 1 ? '' : `${attempt}. `}${when}`
      // what was broken off after it had failed begins again
      if (notes.get(key)?.by === null) return
      const verdict = await run(way, SOUND, only)
      notes.set(key, verdict)
      if (verdict.by === null) return
      process.stdout.write(`! ${way} without a fault  ${verdict.by}\n`)
      notes.set(`${way} doubt ${verdict.by}`, verdict)
      if (attempt === SOUND_ATTEMPTS) throw new Error(`without a fault, over ${way}: ${verdict.by}`)
    }
  }

  /** @type {Map<Way, Promise<void>>} */
  const whole = new Map()
  /**
   * A whole run takes minutes: a sound node makes one where a faulty one does, and no others.
   * @param {Way} way
   */
  const requireSoundWhole = (way) => {
    const sound = whole.get(way) ?? requireSound(way, 'whole sound')
    whole.set(way, sound)
    return sound
  }

  /**
   * @param {Way} way
   * @param {Fault} fault
   */
  const tried = async (way, fault) => {
    const { name } = fault
    const early = await verdictOf(way, `${way} early ${name}`, name, likely(fault))
    if (early.by !== null) return early
    await requireSoundWhole(way)
    return verdictOf(way, `${way} whole ${name}`, name)
  }

  /**
   * @param {Way} way
   * @param {readonly Fault[]} some
   */
  const against = async (way, some) => {
    const jobs = some.flatMap((fault, at) => [
      ...(at % BETWEEN_SOUND_RUNS === 0
        ? [() => requireSound(way, `early sound before ${fault.name}`, earlyOf(some.slice(at, at + BETWEEN_SOUND_RUNS)))]
        : []),
      async () => {
        const verdict = await tried(way, fault)
        notes.set(`${way} ${fault.name}`, verdict)
        process.stdout.write(`${verdict.by === null ? '·' : '✓'} ${way} ${fault.name}  ${verdict.by ?? 'missed'}\n`)
      },
    ])
    const work = async () => {
      for (let next = jobs.shift(); next !== undefined; next = jobs.shift()) await next()
    }
    await Promise.all(Array.from({ length: way === 'loopback' ? Number(values['at-once']) : 1 }, work))
    for (const { name } of some) await lookAgain(way, name)
  }

  /** @param {Way} way @param {string} name */
  const lookAgain = async (way, name) => {
    const by = notes.get(`${way} ${name}`)?.by ?? null
    if (by === null || notes.get(`${way} doubt ${by}`) === undefined) return
    const again = await verdictOf(way, `${way} again ${name}`, name, [by])
    const verdict = again.by === null ? await verdictOf(way, `${way} whole again ${name}`, name) : again
    notes.set(`${way} ${name}`, verdict)
    process.stdout.write(`${verdict.by === null ? '·' : '✓'} ${way} ${name}  again: ${verdict.by ?? 'missed'}\n`)
  }

  if (!values['without-memory']) await against('loopback', chosen)
  const missed = chosen.filter(({ name, unseen }) => !unseen && (notes.get(`loopback ${name}`)?.by ?? null) === null)
  if (!values['without-browser']) await against('browser', missed)

  /** @param {string} name */
  const untold = (name) => {
    const [memory, browser] = WAYS.map((way) => notes.get(`${way} ${name}`) !== undefined)
    if (memory && browser) return 'No case fails, in memory or in a browser.'
    return memory
      ? 'No case against the node in memory fails, and it was not tried in a browser.'
      : 'No case fails in a browser, and it was not tried in memory.'
  }
  /** @param {Fault} fault @returns {Row} */
  const rowOf = (fault) => {
    const { name, rule, unseen } = fault
    const target = WAYS.find((way) => (notes.get(`${way} ${name}`)?.by ?? null) !== null) ?? null
    const by = target === null ? null : (notes.get(`${target} ${name}`)?.by?.slice(0, LONGEST) ?? null)
    const before = known.get(name)
    // what only a browser shows was not looked for where there was none
    if (by === null && notes.get(`browser ${name}`) === undefined && before?.target === 'browser' && !isNew(fault))
      return before
    const reason = by === null ? (unseen ?? untold(name)) : null
    return { fault: name, rule, target, by, reason, run: notes.startedAt, of: hashOf(fault) }
  }
  const added = chosen.map(rowOf)
  const rows = mergedRows(faults, table.rows, added)
  /** @param {Way} way */
  const soundOf = (way) => {
    /** @param {string} when */
    const runs = (when) =>
      Array.from({ length: SOUND_ATTEMPTS }, (_, at) => notes.all(`${way} ${at === 0 ? '' : `${at + 1}. `}${when}`)).flat()
    const [early, all] = [runs('early sound'), runs('whole sound')]
    const passed = [...early, ...all].filter(({ by }) => by === null)
    const most = (/** @type {readonly Verdict[]} */ verdicts) =>
      Math.max(0, ...verdicts.filter(({ by }) => by === null).map(({ ran }) => ran))
    return { early: most(early), cases: most(all), sound: passed.length, failed: early.length + all.length - passed.length }
  }
  const measurement = {
    started_at: notes.startedAt,
    ended_at: new Date().toISOString(),
    sources: state.slice(0, 16),
    loopback: soundOf('loopback'),
    browser: soundOf('browser'),
  }
  writeTable(suiteVersion, [...table.runs, measurement], rows)
  return summary(faults, rows) >= WANTED ? 0 : 1
}
