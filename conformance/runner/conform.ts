import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import type { CaseResult } from '#protocol/protocol/report.ts'
import { ruleOf } from '../harness/case.ts'
import { randomOf } from '../harness/random.ts'
import { ALL_CASES, inSections } from '../harness/registry.ts'
import { type Placed, runCases, type Span } from '../harness/run.ts'
import { unexpectedSkips } from '../harness/skips.ts'
import type { Target } from '../harness/target.ts'
import { openLoopbackTarget } from '../loopback/target.ts'
import { htmlOf } from '../report/html.ts'
import { differences, type Manifest, manifestOf } from '../report/manifest.ts'
import { makeReport, signedBy } from '../report/report.ts'
import { summaryLines } from '../report/summary.ts'
import { openBrowserTarget } from '../targets/browser/target.ts'
import { openHttpTarget } from '../targets/http.ts'
import type { Place } from './main.ts'
import { type Options, recipeOf, UsageError } from './options.ts'
import { startSystem } from './system.ts'

/** A target that was opened, and what has to end with it. */
interface Opened {
  readonly target: Target
  close(): Promise<void>
}

async function openBrowser(options: Options, place: Place): Promise<Opened> {
  const { url, fault } = options
  // the box takes seconds to start: meanwhile there is the browser and the page of the peers
  const starting = url === null ? startSystem(place.root, fault === null ? place.web : place.faulty) : null
  const launching = chromium.launch(place.launch)
  async function close(): Promise<void> {
    const [browser, system] = await Promise.allSettled([launching, starting])
    if (browser.status === 'fulfilled') await browser.value.close()
    if (system.status === 'fulfilled') await system.value?.stop()
  }
  try {
    const target = await openBrowserTarget(await launching, {
      url: starting ? starting.then((system) => system.url) : Promise.resolve(url ?? ''),
      peerPage: place.peerPage,
      fault,
      random: randomOf(options.seed, 'target'),
    })
    return {
      target,
      async close() {
        await target.stop()
        await close()
      },
    }
  } catch (failure) {
    await close()
    throw failure
  }
}

async function openLoopback(options: Options, place: Place): Promise<Opened> {
  const { openHost } = await place.loopback()
  const { host, stop } = openHost()
  const target = await openLoopbackTarget(host, randomOf(options.seed, 'target'))
  return {
    target,
    async close() {
      await target.stop()
      await stop()
    },
  }
}

async function open(options: Options, place: Place): Promise<Opened> {
  if (options.target === 'browser') return openBrowser(options, place)
  if (options.target === 'loopback') return openLoopback(options, place)
  if (options.url === null) throw new UsageError('--target http needs --url')
  const target = await openHttpTarget(options.url, options.invite, randomOf(options.seed, 'target'))
  return { target, close: target.stop }
}

function chosen({ sections, only, exactly, first }: Options): readonly Placed[] {
  const cases = inSections(ALL_CASES, sections)
    .filter(({ test }) => only.length === 0 || only.some((start) => test.id.startsWith(start)))
    .filter(({ test }) => exactly === null || exactly.includes(test.id))
  const turn = ({ test }: Placed): number => (first.includes(test.id) ? 0 : first.includes(ruleOf(test)) ? 1 : 2)
  return [0, 1, 2].flatMap((wanted) => cases.filter((placed) => turn(placed) === wanted))
}

interface Ran {
  readonly results: readonly CaseResult[]
  readonly manifest: Manifest
  readonly code: number
}

const say = (options: Options, text: string): void => {
  if (!options.json) process.stdout.write(text)
}

/** Where the time of a run went, to be read by who wants it shorter: milliseconds, one case a line. */
function timesText(parts: ReadonlyMap<string, number>, times: ReadonlyMap<string, Span>): string {
  const lines = [...times].map(([id, { from, ms }]) => JSON.stringify({ id, from: Math.round(from), ms: Math.round(ms) }))
  return `{"parts":${JSON.stringify(Object.fromEntries(parts))},"cases":[\n${lines.join(',\n')}\n]}\n`
}

/** One run from an opened target to the files of its report. */
async function once(options: Options, place: Place): Promise<Ran> {
  const cases = chosen(options)
  const startedAt = new Date()
  const parts = new Map<string, number>()
  const times = new Map<string, Span>()
  const { target, close } = await open(options, place)
  try {
    parts.set('opening', Date.now() - startedAt.getTime())
    const results = await runCases(target, cases, {
      seed: options.seed,
      lanes: options.lanes,
      bail: options.bail,
      recipe: recipeOf(options),
      timed: (id, span) => times.set(id, span),
      parted: (part, ms) => parts.set(part, ms),
      progress: (done, total, failed, current) => {
        if (process.stdout.isTTY) say(options, `\r\x1b[K${done}/${total}${failed > 0 ? ` (${failed} failed)` : ''} ${current}`)
      },
    })
    if (process.stdout.isTTY) say(options, '\r\x1b[K')
    const facts = {
      seed: options.seed,
      startedAt: startedAt.toISOString(),
      endedAt: new Date().toISOString(),
    }
    const unsigned = await makeReport(target, results, facts, async () => null)
    const { report, why } = await signedBy(target, unsigned)
    const manifest = manifestOf(options, unsigned, cases)
    const out = resolve(options.out)
    await mkdir(out, { recursive: true })
    const written = report ?? unsigned
    await writeFile(join(out, 'report.json'), `${JSON.stringify(written, null, 2)}\n`)
    await writeFile(join(out, 'report.html'), htmlOf(written))
    await writeFile(join(out, 'run_manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    const problems = target.problems()
    const seconds = (Date.now() - startedAt.getTime()) / 1000
    await writeFile(join(out, 'times.json'), timesText(parts, times))
    if (options.json) process.stdout.write(`${JSON.stringify(written)}\n`)
    else say(options, summaryLines(written, { parts, times, why, problems, seconds, out }).join('\n'))
    const ran = results.filter(({ state }) => state !== 'skipped').length
    const failed = results.some(({ state }) => state === 'failed')
    const surprising = unexpectedSkips(target.features, cases, results)
    for (const id of surprising) say(options, `✗ skipped, though nothing of it is missing: ${id}\n`)
    return { results, manifest, code: failed || ran === 0 || problems.length > 0 || surprising.length > 0 ? 1 : 0 }
  } finally {
    await close()
  }
}

function sameAs(options: Options, before: readonly { readonly id: string; readonly state: string }[], now: Ran): number {
  const found = differences(before, now.results)
  for (const line of found) process.stderr.write(`${line}\n`)
  say(options, found.length === 0 ? 'The results are the same.\n' : `${found.length} results differ.\n`)
  return found.length === 0 ? 0 : 1
}

/** Whether the suite tells a node with this fault from a right one. The last line says by what. @returns 0 when it does */
async function caught(options: Options, place: Place): Promise<number> {
  const cases = chosen(options)
  let by: string | null = null
  let ran = 0
  const tell = (): void => void process.stdout.write(`${JSON.stringify({ fault: options.fault, by, ran })}\n`)
  // in Node it is part of this process, and may take it down
  process.once('uncaughtException', (thrown) => {
    by ??= `uncaught: ${thrown.message}`
    tell()
    process.exit(0)
  })
  try {
    const { target, close } = await open(options, place)
    const { seed, lanes } = options
    const results = await runCases(target, cases, { seed, lanes, bail: true, recipe: recipeOf(options) })
    ran = results.filter(({ state }) => state !== 'skipped').length
    by = results.find(({ state }) => state === 'failed')?.id ?? target.problems()[0] ?? null
    await close()
  } catch (failure) {
    // a node that cannot even be set up is told from a right one
    by = `setup: ${failure instanceof Error ? failure.message : String(failure)}`
  }
  tell()
  return by === null ? 1 : 0
}

/** What a command line asks for. @returns exit code */
export async function conform(options: Options, place: Place): Promise<number> {
  if (options.replay !== null) {
    const manifest: Manifest = JSON.parse(await readFile(options.replay, 'utf8'))
    const again: Options = { ...options, ...manifest.options, exactly: manifest.results.map(({ id }) => id) }
    return sameAs(options, manifest.results, await once(again, place))
  }
  if (options.fault !== null) return caught(options, place)
  const first = await once(options, place)
  let code = first.code
  for (let run = 2; run <= options.repeat && code === 0; run++) {
    say(options, `\nRun ${run} of ${options.repeat}\n`)
    const next = await once(options, place)
    code = next.code || sameAs(options, first.results, next)
  }
  return code
}
