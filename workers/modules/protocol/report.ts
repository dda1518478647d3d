import type { Static } from '@sinclair/typebox'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { parseAs, Strict } from '#protocol/core/schema.ts'
import { signRecord } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { conformanceReport, type RunStateSchema } from '#protocol/protocol/capabilities.ts'
import { CONFORMANCE_DEFAULT_SEED } from '#protocol/protocol/constants.ts'
import { conformanceProgressed, conformanceRan } from '#protocol/protocol/events.ts'
import { checkUnsignedReport, type Report, ReportSchema, UnsignedReportSchema } from '#protocol/protocol/report.ts'
import type { ConformanceSuite, SuiteProgress } from '#protocol/protocol/suite.ts'
import { parseVersion } from '#protocol/protocol/version.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { PROTOCOL_VERSIONS } from './descriptor.ts'
import { isSuiteInstalled, loadSuite } from './suite.ts'

export type ReportDeps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'shelf' | 'notify' | 'publish'> &
  Partial<Pick<ModuleDeps, 'log'>>

/** Where the suite comes from; tests hand in one of their own. */
export interface SuiteSource {
  readonly installed: boolean
  load(): Promise<ConformanceSuite>
}
const ownSuite: SuiteSource = { installed: isSuiteInstalled, load: loadSuite }

export interface Reports {
  /** Suite versions whose last report here says `pass`. */
  passed(): string[]
  readonly withdraw: readonly (() => void)[]
}

type Asked = Static<typeof conformanceReport.input>
type RunInput = Extract<Asked, { readonly action: 'run' }>
type RunState = Static<typeof RunStateSchema>

const DrawerSchema = Strict({ report: Type.Union([ReportSchema, Type.Null()]) })
/** Screens hear of progress this often at most, in milliseconds. */
const NEWS_MS = 200
const STOPPED = 'stopped'

interface Run {
  readonly controller: AbortController
  suiteVersion: string | null
  progress: SuiteProgress
}

// one suite at a time in one worker: the nodes it tests are of this code and could be asked to run it themselves
let under: Run | null = null

function requireKnownVersion(text: string): void {
  parseVersion(text)
  if (!PROTOCOL_VERSIONS.includes(text)) {
    throw new HearthError('protocol_version_unknown', 'this node does not speak that version', {
      data: { versions: [...PROTOCOL_VERSIONS] },
    })
  }
}

/** `protocol.conformance.report` (M32, X09): runs the suite on nodes of this code in memory; keeps, signs and shares what it found. */
export async function serveReports(deps: ReportDeps, source: SuiteSource = ownSuite): Promise<Reports> {
  const { bus, runtime, signer, shelf, notify, publish, log } = deps
  const drawer = await shelf.open('protocol.report', DrawerSchema, { report: null })
  let ended: string | null = null
  let own: Run | null = null
  let toldAt = Number.NEGATIVE_INFINITY

  function state(): RunState {
    const { done = 0, total = 0, failed = 0, current = null } = under?.progress ?? {}
    return {
      phase: under ? 'running' : source.installed ? 'idle' : 'not_installed',
      suite_version: under?.suiteVersion ?? drawer.get().report?.summary.suite_version ?? null,
      done,
      total,
      failed,
      current,
      ended,
    }
  }
  const answer = () => ({ state: state(), report: drawer.get().report })

  /** Signs it as this node, keeps it, and tells the community unless the person would rather not (CONF-6). */
  async function settle(found: unknown, share: boolean): Promise<Report> {
    const { summary, ...rest } = checkUnsignedReport(found)
    if (summary.node_id !== signer.nodeId) throw new HearthError('unauthorized', 'a node signs what was found about itself')
    const report = parseAs(ReportSchema, { ...rest, summary: await signRecord(signer, summary) })
    await drawer.set({ report })
    if (share && log) publish(await log.append(conformanceRan, { summary: report.summary }))
    notify(conformanceProgressed)
    return report
  }

  function heard(run: Run, progress: SuiteProgress): void {
    run.progress = progress
    if (runtime.monotonic() - toldAt < NEWS_MS) return
    toldAt = runtime.monotonic()
    notify(conformanceProgressed)
  }

  async function carryOut(run: Run, suite: ConformanceSuite, input: RunInput): Promise<void> {
    const { signal } = run.controller
    // the kernel once more, with its twins in memory: only for who asks for it
    const { createSandbox } = await import('./sandbox.ts')
    const sandbox = createSandbox(runtime)
    try {
      const { seed = CONFORMANCE_DEFAULT_SEED, sections, share = true } = input
      const found = await suite.run(sandbox.host, {
        seed,
        ...(sections ? { sections } : {}),
        signal,
        progress: (progress) => heard(run, progress),
      })
      signal.throwIfAborted()
      // it tested nodes with keys of their own; whose code it was is this node's to sign
      const about = parseAs(UnsignedReportSchema, found, 'internal_error')
      await settle({ ...about, summary: { ...about.summary, node_id: signer.nodeId } }, share)
    } finally {
      await sandbox.stop()
    }
  }

  function start(input: RunInput): void {
    requireKnownVersion(input.protocol_version ?? PROTOCOL_VERSION)
    if (!source.installed) throw new HearthError('protocol_suite_not_installed', 'this app was built without the suite')
    if (under) throw new HearthError('capacity_exceeded', 'a run is under way')
    const run: Run = {
      controller: new AbortController(),
      suiteVersion: null,
      progress: { done: 0, total: 0, failed: 0, current: '' },
    }
    under = run
    own = run
    ended = null
    void source
      .load()
      .then((suite) => {
        run.suiteVersion = suite.version
        return carryOut(run, suite, input)
      })
      .catch((thrown: unknown) => {
        const stopped = run.controller.signal.aborted
        ended = stopped ? STOPPED : toHearthError(thrown).code
        if (ended === 'internal_error') reportError(thrown)
      })
      .finally(() => {
        under = null
        notify(conformanceProgressed)
      })
    notify(conformanceProgressed)
  }

  const stop = (): void => own?.controller.abort(new HearthError('timeout', 'stopped by the person'))

  const withdraw = bus.handle(conformanceReport, async (input, { caller }) => {
    if (input.action === 'fetch') {
      if (!source.installed && !drawer.get().report) {
        throw new HearthError('protocol_suite_not_installed', 'no suite here, and no report of one')
      }
      return answer()
    }
    if (caller.level !== 'self') throw new HearthError('unauthorized', 'only the person at this node has it tested')
    if (input.action === 'run') start(input)
    if (input.action === 'stop') stop()
    if (input.action === 'sign') await settle(input.report, input.share ?? true)
    return answer()
  })

  return {
    passed() {
      const summary = drawer.get().report?.summary
      return summary?.overall === 'pass' ? [summary.suite_version] : []
    },
    withdraw: [withdraw, stop],
  }
}
