import { describe, expect, it, vi } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { conformanceReport, registryAnnounce, registryList, versionList } from '#protocol/protocol/capabilities.ts'
import { casesHash, checkReport, countSections, overallOf, type UnsignedReport } from '#protocol/protocol/report.ts'
import type { ConformanceSuite, LoopbackNode } from '#protocol/protocol/suite.ts'
import type { Handler } from '../../kernel/bus/bus.ts'
import { createShelf } from '../../kernel/shelf.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createVillage, type Villager } from '../../testing/village.ts'
import { type SuiteSource, serveReports } from './report.ts'

const NONE: SuiteSource = {
  installed: false,
  load: async () => {
    throw new HearthError('protocol_suite_not_installed', 'none')
  },
}

const reportOf = (node: Pick<LoopbackNode, 'nodeId'>, seed: number): UnsignedReport => {
  const cases = [{ id: 'ID-1.form', rule: 'ID-1', title: 'It has an id.', section: 'core/identity', state: 'passed' as const }]
  const sections = countSections(cases)
  return {
    format: 'hearthnet-conformance-report',
    version: 1,
    summary: {
      node_id: node.nodeId,
      implementation: { name: 'A', vendor: 'B', version: '1' },
      protocol_version: '3.0.0-experimental',
      suite_version: '1.2.3',
      target: 'loopback',
      seed,
      started_at: '2026-05-26T08:00:00Z',
      ended_at: '2026-05-26T08:01:00Z',
      overall: overallOf(sections),
      sections,
      cases_hash: casesHash(cases),
      faults: null,
    },
    cases,
  }
}

/** A suite that starts one node, reports, and waits to be told to go on. */
function smallSuite() {
  const { promise: gate, resolve: goOn } = Promise.withResolvers<void>()
  const suite: ConformanceSuite = {
    version: '1.2.3',
    async run(host, { seed, signal, progress }) {
      const node = await host.startNode('Prüfling')
      progress({ done: 0, total: 1, failed: 0, current: 'ID-1.form' })
      await Promise.race([gate, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))])
      return reportOf(node, seed)
    },
  }
  return { goOn, source: { installed: true, load: async () => suite } satisfies SuiteSource }
}

/** The capability alone, with whoever calls. */
async function desk(source: SuiteSource) {
  const runtime = createSeededRuntime(1)
  const signer = await testSigner(3)
  const notify = vi.fn()
  let handler: Handler<typeof conformanceReport> | null = null
  const { passed } = await serveReports(
    {
      bus: {
        handle: (_: unknown, given: Handler<typeof conformanceReport>) => {
          handler = given
          return () => undefined
        },
      } as never, // the one method that is used
      runtime,
      signer,
      shelf: createShelf(createMemoryStore()),
      notify,
      publish: () => undefined,
    },
    source,
  )
  const call = async (input: Parameters<Handler<typeof conformanceReport>>[0], level: 'self' | 'member' = 'self') => {
    if (!handler) throw new Error('not served')
    return handler(input, { caller: { nodeId: signer.nodeId, level }, signal: new AbortController().signal })
  }
  const ended = () => vi.waitFor(async () => expect((await call({ action: 'fetch' })).state.phase).toBe('idle'))
  return { call, signer, passed, notify, ended }
}

describe('protocol.conformance.report', () => {
  it('says that no suite is installed, for run and for fetch (CONF-6)', async () => {
    const { call } = await desk(NONE)
    for (const action of ['fetch', 'run'] as const) {
      await expect(call({ action })).rejects.toMatchObject({ code: 'protocol_suite_not_installed' })
    }
  })

  it('runs the suite on nodes in memory, shows how far it is, and keeps a report that verifies (CONF-4, CONF-6)', async () => {
    const { source, goOn } = smallSuite()
    const { call, signer, passed, notify, ended } = await desk(source)
    expect((await call({ action: 'fetch' })).report).toBeNull()
    expect((await call({ action: 'run', seed: 7 })).state.phase).toBe('running')
    await vi.waitFor(async () => expect((await call({ action: 'fetch' })).state.current).toBe('ID-1.form'))
    await expect(call({ action: 'run' })).rejects.toMatchObject({ code: 'capacity_exceeded' })
    goOn()
    await ended()
    const { report, state } = await call({ action: 'fetch' }, 'member')
    expect(state).toMatchObject({ phase: 'idle', ended: null })
    const checked = await checkReport(report)
    expect(checked.summary).toMatchObject({ node_id: signer.nodeId, seed: 7, overall: 'pass' })
    expect(passed()).toEqual(['1.2.3'])
    expect(notify).toHaveBeenCalled()
  })

  it('stops when the person says so, and says that it was stopped', async () => {
    const { source } = smallSuite()
    const { call, ended } = await desk(source)
    await call({ action: 'run' })
    await vi.waitFor(async () => expect((await call({ action: 'fetch' })).state.current).toBe('ID-1.form'))
    await call({ action: 'stop' })
    await ended()
    expect(await call({ action: 'fetch' })).toMatchObject({ state: { phase: 'idle', ended: 'stopped' }, report: null })
  })

  it('lets nobody but the person run, stop or sign (CONF-6)', async () => {
    const { source } = smallSuite()
    const { call, signer } = await desk(source)
    const report = reportOf(signer, 1)
    for (const input of [{ action: 'run' }, { action: 'stop' }, { action: 'sign', report }] as const) {
      await expect(call(input, 'member')).rejects.toMatchObject({ code: 'unauthorized' })
    }
  })

  it('knows only its own versions (PRO-4)', async () => {
    const { call } = await desk(NONE)
    for (const protocol_version of ['99.0.0', 'three', '']) {
      await expect(call({ action: 'run', protocol_version })).rejects.toMatchObject({ code: 'protocol_version_unknown' })
    }
  })

  it('signs what a suite outside found about it, and nothing that does not add up or is about another (CONF-4)', async () => {
    const { call, signer } = await desk(NONE)
    const report = reportOf(signer, 1)
    const other = await testSigner(4)
    await expect(call({ action: 'sign', report: reportOf(other, 1) })).rejects.toMatchObject({ code: 'unauthorized' })
    const claimed = { ...report, summary: { ...report.summary, overall: 'partial' as const } }
    await expect(call({ action: 'sign', report: claimed })).rejects.toMatchObject({ code: 'bad_request' })
    const answer = await call({ action: 'sign', report })
    await checkReport(answer.report)
    expect(answer.state.phase).toBe('not_installed')
  })
})

describe('a signed report', () => {
  it('is told to the community, whose other members see it in the registry and may fetch it (CONF-6)', async () => {
    const village = createVillage(11)
    const [anna, ben] = (await village.settle('Anna', 'Ben')) as unknown as [Villager, Villager]
    const report = reportOf({ nodeId: anna.id }, 1)
    await anna.node.bus.call(conformanceReport, { action: 'sign', report })
    expect((await anna.node.bus.call(versionList, {})).suite_versions_passed).toEqual(['1.2.3'])
    await anna.node.bus.call(registryAnnounce, {})
    const heard = async () => (await ben.node.bus.call(registryList, {})).entries[0]?.conformance?.overall === 'pass'
    await village.until('Ben knows', heard)
    const fetched = await village.during(ben.node.bus.call(conformanceReport, { action: 'fetch' }, { to: anna.id }))
    await checkReport(fetched.report)
    for (const { node } of [anna, ben]) await node.stop()
  })
})
