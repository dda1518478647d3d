import { contentId, type Identity, identityFrom, type Json, verify } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import { manifestOf } from '../../../client/manifest.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

// M32: what a node says of itself, whom it has heard of, and who may have it tested.

const ANNOUNCE = 'protocol.registry.announce'
const LIST = 'protocol.registry.list'
const REPORT = 'protocol.conformance.report'
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const STATES = ['stable', 'provisional', 'experimental', 'disabled', 'not_built']

function descriptorOf(identity: Identity, overrides: Draft = {}): Json {
  return identity.sign({
    node_id: identity.nodeId,
    name: 'Nest',
    vendor: 'Vogelfreunde',
    version: '0.1',
    protocol_versions: ['3.0.0'],
    homepage: '',
    contact: '',
    capabilities: [],
    issued_at: '2026-05-26T08:00:00Z',
    ...overrides,
  }) as Json // all of it is JSON
}

const announce = (peer: Peer, descriptor: Json): Promise<Json> => peer.ask(ANNOUNCE, { descriptor })

async function refused(peer: Peer, descriptor: Json): Promise<void> {
  const answer = await announce(peer, descriptor)
  ensure(outcomeOf(answer) === 'protocol_descriptor_invalid', 'protocol_descriptor_invalid', answer)
}

/** The version the system speaks, as it says itself. */
async function spoken(peer: Peer): Promise<string> {
  const answer = await peer.ask('protocol.version.list', {})
  const [version] = [member(answer, 'output', 'versions')].flat()
  ensure(typeof version === 'string', 'a version', answer)
  return version
}

/** Every entry of one node, whatever page it is on. */
async function entriesOf(peer: Peer, nodeId: string): Promise<readonly Json[]> {
  const found: Json[] = []
  for (let offset = 0; ; ) {
    const answer = await peer.ask(LIST, { offset, limit: 256 })
    const entries = member(answer, 'output', 'entries')
    ensure(Array.isArray(entries), 'a list of entries', answer)
    found.push(...entries.filter((entry) => member(entry, 'node_id') === nodeId))
    offset += entries.length
    if (entries.length === 0 || offset >= Number(member(answer, 'output', 'total'))) return found
  }
}

const someone = ({ random }: Context): Identity => identityFrom(random.bytes(32))

/** A report of one passed case about the system itself. */
function reportAbout(node_id: string, overall: string): Json {
  const cases = [{ id: 'ID-1.form', rule: 'ID-1', title: 'A sentence.', section: 'core/identity', state: 'passed' }]
  return {
    format: 'hearthnet-conformance-report',
    version: 1,
    summary: {
      node_id,
      implementation: { name: 'x', vendor: 'y', version: '1' },
      protocol_version: '3.0.0',
      suite_version: '0.0.0',
      target: 'other',
      seed: 1,
      started_at: '2026-05-26T08:00:00Z',
      ended_at: '2026-05-26T08:00:01Z',
      overall,
      sections: [{ section: 'core/identity', passed: 1, failed: 0, skipped: 0 }],
      cases_hash: contentId(cases),
      faults: null,
    },
    cases,
  }
}

export const cases: readonly Case[] = [
  {
    id: 'PRO-1.versions',
    title: 'Versions are major.minor.patch with an optional suffix',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask('protocol.version.list', {})
      const versions = member(answer, 'output', 'versions')
      ensure(Array.isArray(versions) && versions.length > 0, 'a version at least', answer)
      for (const version of versions) ensure(VERSION.test(String(version)), 'a version', version)
    },
  },
  {
    id: 'PRO-1.unknown-version',
    title: 'A run against a version that nobody here speaks is protocol_version_unknown',
    capability: REPORT,
    needs: ['person'],
    async run({ seat }) {
      for (const protocol_version of ['99.0.0', 'three']) {
        const answer = await seat.ask(REPORT, { action: 'run', protocol_version })
        ensure(outcomeOf(answer) === 'protocol_version_unknown', 'protocol_version_unknown', answer)
      }
    },
  },
  {
    id: 'PRO-2.suffix-is-older',
    title: 'A version with a suffix is older than the same without, and the older one is spoken',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const [release = ''] = (await spoken(caller)).split('-')
      const answer = await announce(caller, descriptorOf(someone(context), { protocol_versions: [`${release}-0`] }))
      same(member(answer, 'output', 'negotiated') ?? null, `${release}-0`, 'the older of the two')
    },
  },
  {
    id: 'PRO-3.older-of-the-newest',
    title: 'Two sides speak the highest major both name, and in it the older of the newest',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const own = await spoken(caller)
      const [major = '3'] = own.split('.')
      const versions = [`${major}.9999.0`, '1.0.0', '0.1.0']
      const answer = await announce(caller, descriptorOf(someone(context), { protocol_versions: versions }))
      same(member(answer, 'output', 'negotiated') ?? null, own, 'the version of the system')
    },
  },
  {
    id: 'PRO-5.signed',
    title: 'A node describes itself under its own signature',
    needs: ['call'],
    async run({ peer, target }) {
      const answer = await (await peer('stranger')).ask('protocol.self.describe', {})
      const descriptor = member(answer, 'output')
      ensure(isObject(descriptor), 'a descriptor', answer)
      same(descriptor.node_id ?? null, target.nodeId, 'its own id')
      ensure(verify(target.nodeId, descriptor), 'a signature that verifies', descriptor.signature)
    },
  },
  {
    id: 'PRO-5.states',
    title: 'Each capability in a descriptor has a state, and a hash where it is served',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask('protocol.self.describe', {})
      const described = member(answer, 'output', 'capabilities')
      ensure(Array.isArray(described) && described.length > 0, 'capabilities', answer)
      for (const one of described) {
        const state = String(member(one, 'state'))
        ensure(STATES.includes(state), 'a state', one)
        const hash = member(one, 'schema_hash')
        if (state !== 'not_built') ensure(/^blake3:[0-9a-f]{64}$/.test(String(hash)), 'a schema hash', one)
      }
    },
  },
  {
    id: 'PRO-6.changed',
    title: 'A descriptor that was changed after it was signed is refused',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const descriptor = descriptorOf(someone(context))
      await refused(caller, { ...(isObject(descriptor) ? descriptor : {}), vendor: 'Somebody else' })
      await refused(caller, { ...(isObject(descriptor) ? descriptor : {}), node_id: someone(context).nodeId })
    },
  },
  {
    id: 'PRO-6.form',
    title: 'A descriptor of wrong form is refused, though it is signed',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const wrong: readonly Draft[] = [
        { extra: 1 },
        { protocol_versions: [] },
        { protocol_versions: ['three'] },
        { issued_at: 'yesterday' },
        { name: '' },
      ]
      for (const one of wrong) await refused(caller, descriptorOf(someone(context), one))
    },
  },
  {
    id: 'PRO-6.twice',
    title: 'A descriptor that names a capability twice is refused',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const one = { name: 'a.b', module: 'a', state: 'stable', version: '1.0', schema_hash: null }
      await refused(await context.peer('stranger'), descriptorOf(someone(context), { capabilities: [one, one] }))
    },
  },
  {
    id: 'PRO-6.too-large',
    title: 'A descriptor over 65,536 bytes is refused',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const capabilities = Array.from({ length: 500 }, (_, at) => ({
        name: `${'x'.repeat(90)}.${at}`,
        module: 'm'.repeat(64),
        state: 'stable',
        version: '1.0',
        schema_hash: null,
      }))
      await refused(await context.peer('stranger'), descriptorOf(someone(context), { capabilities }))
    },
  },
  {
    id: 'PRO-7.two-vendors',
    title: 'Two vendors with one name are both kept',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const who = someone(context)
      for (const vendor of ['One', 'Other']) await announce(caller, descriptorOf(who, { vendor }))
      const vendors = (await entriesOf(caller, who.nodeId)).map((entry) => String(member(entry, 'vendor')))
      same(vendors.sort(), ['One', 'Other'], 'vendors')
    },
  },
  {
    id: 'PRO-7.newer-stays',
    title: 'Of two descriptors for one entry the later one stays',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const who = someone(context)
      await announce(caller, descriptorOf(who, { version: '2', issued_at: '2026-06-01T08:00:00Z' }))
      const answer = await announce(caller, descriptorOf(who, { version: '1' }))
      same(member(answer, 'output', 'stored') ?? null, false, 'stored')
      same(
        (await entriesOf(caller, who.nodeId)).map((entry) => member(entry, 'version') ?? null),
        ['2'],
        'versions',
      )
    },
  },
  {
    id: 'PRO-7.share',
    title: 'One node fills at most 8 entries',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.fresh('stranger')
      const who = someone(context)
      for (let at = 0; at < 8; at++) {
        const answer = await announce(caller, descriptorOf(who, { name: `Nest ${at}` }))
        ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
      }
      const other = await context.fresh('stranger')
      const answer = await announce(other, descriptorOf(who, { name: 'Nest 8' }))
      ensure(outcomeOf(answer) === 'capacity_exceeded', 'capacity_exceeded', answer)
    },
  },
  {
    id: 'PRO-8.by-another',
    title: 'A descriptor may be handed over by somebody else: its signature counts',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const who = someone(context)
      const answer = await announce(await context.peer('stranger'), descriptorOf(who))
      same(member(answer, 'output', 'stored') ?? null, true, 'stored')
    },
  },
  {
    id: 'PRO-8.without',
    title: 'Without a descriptor only the person at the device announces',
    capability: ANNOUNCE,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask(ANNOUNCE, {})
      ensure(outcomeOf(answer) === 'protocol_descriptor_invalid', 'protocol_descriptor_invalid', answer)
    },
  },
  {
    id: 'PRO-9.future',
    title: 'A descriptor of version 99.0.0 is stored and not negotiated with',
    capability: ANNOUNCE,
    needs: ['call'],
    async run(context) {
      const caller = await context.peer('stranger')
      const who = someone(context)
      const answer = await announce(caller, descriptorOf(who, { protocol_versions: ['99.0.0'] }))
      same(member(answer, 'output') ?? null, { stored: true, negotiated: null }, 'the answer')
      const [entry] = await entriesOf(caller, who.nodeId)
      same(member(entry, 'negotiated') ?? null, null, 'negotiated')
    },
  },
  {
    id: 'CONF-4.signs-about-itself',
    title: 'A node signs a report about itself, and the signature verifies',
    capability: REPORT,
    needs: ['person'],
    async run({ seat, target }) {
      const input = { action: 'sign', share: false, report: reportAbout(target.nodeId, 'pass') }
      const answer = await seat.ask(REPORT, input)
      const summary = member(answer, 'output', 'report', 'summary')
      ensure(isObject(summary) && verify(target.nodeId, summary), 'a signed summary', answer)
    },
  },
  {
    id: 'CONF-4.sums',
    title: 'A node signs no report whose verdict does not follow from its cases, and none about another',
    capability: REPORT,
    needs: ['person'],
    async run(context) {
      const { seat, target } = context
      const wrong = await seat.ask(REPORT, { action: 'sign', share: false, report: reportAbout(target.nodeId, 'fail') })
      ensure(outcomeOf(wrong) === 'bad_request', 'bad_request', wrong)
      const other = await seat.ask(REPORT, {
        action: 'sign',
        share: false,
        report: reportAbout(someone(context).nodeId, 'pass'),
      })
      ensure(outcomeOf(other) === 'unauthorized', 'unauthorized', other)
    },
  },
  {
    id: 'CONF-6.peers-fetch-only',
    title: 'A peer may fetch a report; running, stopping and signing are the person’s',
    capability: REPORT,
    needs: ['call'],
    async run({ peer, target }) {
      const caller = await peer('member')
      const fetched = outcomeOf(await caller.ask(REPORT, { action: 'fetch' }))
      ensure(['ok', 'protocol_suite_not_installed'].includes(fetched), 'a report, or none installed', fetched)
      const others: readonly Json[] = [
        { action: 'run' },
        { action: 'stop' },
        { action: 'sign', report: reportAbout(target.nodeId, 'pass') },
      ]
      for (const input of others) {
        const answer = await caller.ask(REPORT, input)
        ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
      }
    },
  },
  {
    id: 'MAN-2.own',
    title: 'Manifests are swapped: the answer to one’s own is the node’s',
    capability: 'node.manifest.exchange',
    needs: ['call'],
    async run({ peer, target }) {
      const caller = await peer('member')
      const answer = await caller.ask('node.manifest.exchange', { manifest: manifestOf(caller) })
      const manifest = member(answer, 'output', 'manifest')
      same(member(manifest, 'node_id') ?? null, target.nodeId, 'its own id')
      ensure(['anchor', 'hearth', 'spark', 'bridge'].includes(String(member(manifest, 'profile'))), 'a profile', manifest)
    },
  },
  {
    id: 'BUS-8.field',
    title: 'An error names the field that is wrong, and its text is short',
    capability: 'node.echo',
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('member')).ask('node.echo', { payload: 7 })
      same(member(answer, 'error', 'code') ?? null, 'schema_mismatch', 'code')
      same(member(answer, 'error', 'data', 'field') ?? null, '/payload', 'field')
      ensure(String(member(answer, 'error', 'message')).length <= 1024, 'at most 1,024 characters', answer)
    },
  },
  {
    id: 'CFG-1.switches',
    title: 'Each module has a switch',
    capability: 'config.get',
    needs: ['person'],
    async run({ does }) {
      const config = await does('config.get', {})
      for (const module of [
        'distributed_llm',
        'moe',
        'fedlearn',
        'lora',
        'evidence',
        'civdef',
        'tensor_transport',
        'protocol',
      ]) {
        ensure(typeof member(config, module, 'enabled') === 'boolean', `a switch for ${module}`, config)
      }
    },
  },
  {
    id: 'CFG-2.master-switch',
    title: 'There is one switch for everything experimental, with names it covers',
    capability: 'config.get',
    needs: ['person'],
    async run({ does }) {
      const research = member(await does('config.get', {}), 'policy', 'research')
      ensure(typeof member(research, 'enable') === 'boolean', 'a switch', research)
      ensure(Array.isArray(member(research, 'enabled_capabilities')), 'globs', research)
    },
  },
]
