import { CAPABILITIES_OF } from '#protocol/capabilities.ts'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { type Output, schemaHash } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { nodeIdOf, type Signature } from '#protocol/core/ids.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import {
  conformanceReport,
  registryAnnounce,
  registryList,
  selfDescribe,
  versionList,
} from '#protocol/protocol/capabilities.ts'
import { conformanceProgressed, registryUpdated } from '#protocol/protocol/events.ts'
import {
  type CaseResult,
  casesHash,
  countSections,
  type FaultRow,
  faultsSummary,
  overallOf,
  type Report,
} from '#protocol/protocol/report.ts'
import type { FakeClient } from './fake-client.ts'
import { contentIdFor, NAMES, nodeIdFor, timeAt } from './village.ts'

type Entry = Output<typeof registryList>['entries'][number]

const SIGNATURE = `ed25519:${'A'.repeat(86)}` as Signature // shown to nobody who verifies it
const IMPLEMENTATION = { name: 'HearthNet in the browser', vendor: 'HearthNet', version: PROTOCOL_VERSION }
const CASES = 143

const entry = (at: number, change: Partial<Entry> = {}): Entry => ({
  node_id: nodeIdFor(NAMES[at % NAMES.length] ?? 'x'),
  ...IMPLEMENTATION,
  protocol_versions: [PROTOCOL_VERSION],
  homepage: '',
  contact: '',
  capabilities: 40,
  issued_at: timeAt(at),
  heard_at: timeAt(at),
  from: 'member',
  descriptor_hash: contentIdFor(`descriptor ${at}`),
  negotiated: PROTOCOL_VERSION,
  conformance: null,
  ...change,
})

const ENTRIES: readonly Entry[] = [
  entry(1, { conformance: { suite_version: '1.0.0', overall: 'pass', ended_at: timeAt(2) } }),
  entry(2),
  entry(3, {
    name: 'Nest',
    vendor: 'Vogelfreunde Niederrhein e. V.',
    version: '0.1',
    homepage: 'https://nest.example/',
    from: 'peer',
    negotiated: '3.0.0-experimental',
  }),
  entry(4, { name: 'Morgen', vendor: 'Andere', version: '9.0', protocol_versions: ['99.0.0'], from: 'peer', negotiated: null }),
]

const cases: readonly CaseResult[] = Array.from({ length: CASES }, (_, at): CaseResult => {
  const rule = ['BUS-3', 'EVT-4', 'ID-4', 'SYN-2', 'EVI-3'][at % 5] ?? 'BUS-3'
  const section = ['core/bus', 'core/events', 'core/identity', 'core/sync', 'experimental/evidence'][at % 5] ?? 'core/bus'
  const base = { id: `${rule}.case-${at}`, rule, title: `A requirement that case ${at} asserts`, section }
  if (at === 44) {
    const reproduce = 'npm run conformance -- --section experimental/evidence --seed 12648430'
    return { ...base, state: 'failed', expected: 'level attested', observed: '{"level":"cited","disputes":[]}', reproduce }
  }
  if (at > 138) return { ...base, state: 'skipped', reason: `${alertList.name} is not announced` }
  return { ...base, state: 'passed' }
})

const FAULTS: FaultRow[] = [
  { fault: 'bus/replays', rule: 'BUS-3', target: 'loopback', by: 'BUS-3.replay', reason: null },
  { fault: 'sync/gossip-not-forwarded', rule: 'SYN-1', target: 'browser', by: 'SYN-1.forwards-what-it-verified', reason: null },
  { fault: 'tokens/audience-is-the-issuer', rule: 'TOK-2', target: null, by: null, reason: 'Both ids are one.' },
]

/** Signed by a key of its own: the village's people have none. */
async function signedReport(): Promise<Report> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const signer: Signer = {
    nodeId: nodeIdOf(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
  }
  const sections = countSections(cases)
  return {
    format: 'hearthnet-conformance-report',
    version: 1,
    summary: await signRecord(signer, {
      node_id: signer.nodeId,
      implementation: IMPLEMENTATION,
      protocol_version: PROTOCOL_VERSION,
      suite_version: '1.0.0',
      target: 'loopback',
      seed: 0xc0ffee,
      started_at: timeAt(0),
      ended_at: timeAt(0),
      overall: overallOf(sections),
      sections,
      cases_hash: casesHash(cases),
      faults: faultsSummary(FAULTS),
    }),
    cases: [...cases],
    faults: FAULTS,
  }
}

/** M32 as screens see it. @param suite whether the app of the village has the suite */
export function answerProtocol(client: FakeClient, isOff: (module: string) => boolean, suite: boolean): void {
  const self = nodeIdFor(NAMES[0])
  let entries = ENTRIES
  let report: Report | null = null
  let done: number | null = null
  let ended: string | null = null

  client.answer(versionList, () => ({ versions: [PROTOCOL_VERSION], suite_versions_passed: [] }))
  client.answer(selfDescribe, () => ({
    node_id: self,
    ...IMPLEMENTATION,
    protocol_versions: [PROTOCOL_VERSION],
    homepage: '',
    contact: '',
    capabilities: [...CAPABILITIES_OF].flatMap(([module, capabilities]) =>
      capabilities.map((capability) => ({
        name: capability.name,
        module,
        state: isOff(module) ? ('disabled' as const) : capability.stability,
        version: capability.version,
        schema_hash: schemaHash(capability),
      })),
    ),
    issued_at: timeAt(0),
    signature: SIGNATURE,
  }))
  client.answer(registryList, () => ({ entries: [...entries], total: entries.length }))
  client.answer(registryAnnounce, () => {
    entries = [...entries, entry(0)]
    client.emit(registryUpdated)
    return { stored: true, negotiated: PROTOCOL_VERSION }
  })

  const answer = () => ({
    state: {
      phase: done === null ? ('idle' as const) : ('running' as const),
      suite_version: '1.0.0',
      done: done ?? 0,
      total: done === null ? 0 : CASES,
      failed: done !== null && done > 44 ? 1 : 0,
      current: done === null ? null : (cases[done]?.id ?? null),
      ended,
    },
    report,
  })
  async function step(): Promise<void> {
    if (done === null) return
    done += 7
    if (done >= CASES) {
      report = await signedReport()
      done = null
    } else setTimeout(step, 200)
    client.emit(conformanceProgressed)
  }
  client.answer(conformanceReport, ({ action }) => {
    if (!suite) throw new HearthError('protocol_suite_not_installed', 'none here')
    if (action === 'run') {
      done = 0
      ended = null
      setTimeout(step, 200)
    }
    if (action === 'stop') {
      done = null
      ended = 'stopped'
    }
    if (action !== 'fetch') client.emit(conformanceProgressed)
    return answer()
  })
}
