import { MODULES } from '#protocol/catalogue.ts'
import { communityGet, communityInviteList } from '#protocol/community/capabilities.ts'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import type { Capability, Input, Output } from '#protocol/core/capability.ts'
import { DEFAULT_POLICY } from '#protocol/core/community.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { nodeIdOf } from '#protocol/core/ids.ts'
import { claimQuery } from '#protocol/evidence/capabilities.ts'
import { nodePeers, nodeStatus, nodeStorage } from '#protocol/node/capabilities.ts'
import { selfDescribe } from '#protocol/protocol/capabilities.ts'
import type { NodeClient } from '../port/client.ts'
import type { Connection, ConnectionState } from '../port/connection.ts'
import { createQueryStore } from '../port/query-store.ts'

type Answers = ReadonlyMap<string, unknown>
export interface Scene {
  readonly answers: Answers
  readonly state?: Partial<ConnectionState>
}

/** One answer of the preview node, checked against its contract. */
const answer = <C extends Capability>(capability: C, output: Output<C>): [string, unknown] => [capability.name, output]

const id = (n: number) => nodeIdOf(new Uint8Array(32).map((_, at) => (n * 57 + at * 31) % 256))
const NAMES = ['Mia', 'Herr Yılmaz', 'Frau Dr. Annemarie von Hohenstein-Waldburg', 'Oma Käthe']
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

const status = (identity: Output<typeof nodeStatus>['identity']) =>
  answer(nodeStatus, { identity, version: '3.0.0-experimental.1', started_at: ago(12) })
const me = { node_id: id(1), display_name: 'Mia', created_at: ago(60 * 24 * 9), recovery: 'pending' as const }
const community = (members: number) =>
  answer(communityGet, {
    community: {
      community_id: id(1),
      name: 'Haus Lindenstraße 12',
      founded_at: ago(60 * 24 * 9),
      policy: DEFAULT_POLICY,
      my_level: 'anchor',
      pending: [],
      members: NAMES.slice(0, members).map((display_name, at) => ({
        node_id: id(at + 1),
        display_name,
        level: (['anchor', 'trusted'] as const)[at] ?? ('member' as const),
        status: 'active' as const,
        joined_at: ago(60 * 24),
        invited_by: at === 0 ? null : id(1),
      })),
    },
  })
const box = (state: 'connected' | 'unreachable') => ({
  multiaddr: '/dns4/kiste.lindenhaus.example/tcp/8443/wss',
  state,
  since: ago(7),
})
const peer = (n: number, connection: 'direct' | 'relayed' | 'connecting' | 'away') => ({
  node_id: id(n),
  display_name: NAMES[n - 1] ?? null,
  level: 'member' as const,
  connection,
  latency_ms: connection === 'direct' ? 14.2 : connection === 'relayed' ? 88 : null,
  since: ago(3),
})
const description = (evidence: boolean) =>
  answer(selfDescribe, {
    node_id: id(1),
    name: 'hearthnet',
    vendor: 'HearthNet',
    version: '3.0.0-experimental.1',
    protocol_versions: ['3.0.0-experimental'],
    homepage: '',
    contact: '',
    signature: `ed25519:${'A'.repeat(86)}` as Output<typeof selfDescribe>['signature'],
    capabilities: MODULES.flatMap((module) => [
      ...module.capabilities.map(({ name, version, stability }) => ({
        name,
        module: module.id,
        version,
        schema_hash: null,
        state: module.id === 'evidence' && !evidence ? ('disabled' as const) : stability,
      })),
      ...module.planned.capabilities.map((name) => ({
        name,
        module: module.id,
        version: null,
        schema_hash: null,
        state: 'not_built' as const,
      })),
    ]),
  })
const config = (evidence: boolean) =>
  answer(configGet, {
    ...DEFAULT_CONFIG,
    evidence: { enabled: evidence },
    policy: { research: { ...DEFAULT_CONFIG.policy.research, enable: evidence } },
  })
const storage = answer(nodeStorage, { usage_bytes: 48_300_000, quota_bytes: 2_600_000_000, persisted: false })
const claim = (n: number, subject: string, predicate: string, object: string, sources: number) => ({
  claim_id: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST'.replace('A', 'BCDE'[n] ?? 'F') as Output<
    typeof claimQuery
  >['claims'][number]['claim_id'],
  content_id: `blake3:${'0'.repeat(63)}${n}` as Output<typeof claimQuery>['claims'][number]['content_id'],
  level: sources > 0 ? ('cited' as const) : ('unverified' as const),
  stale: false,
  author: { node_id: id(n + 1), display_name: NAMES[n] ?? '?', level: 'member' as const, status: 'active' as const },
  claim: {
    subject,
    predicate,
    object,
    asserted_by: id(n + 1),
    asserted_at: ago(20 * (n + 1)),
    sources: Array.from({ length: sources }, () => ({ source_id: 'url:https://example.org/plan', accessed_at: ago(40) })),
    confidence: 0.8,
    derived_from: [],
    signature: `ed25519:${'A'.repeat(86)}` as Output<typeof claimQuery>['claims'][number]['claim']['signature'],
  },
})
const claims = answer(claimQuery, {
  claims: [
    claim(0, 'Trinkwasser im Hof', 'Zustand', 'abgekocht trinkbar', 2),
    claim(1, 'Keller Haus 12', 'Strom', 'ausgefallen seit 18:40', 0),
    claim(2, 'Abc\u202Edef', 'Name', 'mit verstecktem Zeichen', 1),
  ],
  total: 3,
  next: null,
})

export const SCENES: Readonly<Record<string, Scene>> = {
  house: {
    answers: new Map([
      status(me),
      community(4),
      answer(nodePeers, { peers: [peer(2, 'direct'), peer(3, 'relayed'), peer(4, 'away')], boxes: [box('connected')] }),
      description(true),
      config(true),
      storage,
      claims,
      answer(communityInviteList, { invites: [] }),
    ]),
  },
  alone: {
    answers: new Map([
      status(me),
      community(1),
      answer(nodePeers, { peers: [], boxes: [box('unreachable')] }),
      description(false),
      config(false),
      storage,
    ]),
    state: { role: 'follower' },
  },
  fresh: {
    answers: new Map([
      status(null),
      answer(communityGet, { community: null }),
      answer(nodePeers, { peers: [], boxes: [] }),
      config(false),
      storage,
    ]),
  },
  joining: {
    answers: new Map([
      status(me),
      answer(communityGet, { community: null }),
      answer(nodePeers, { peers: [], boxes: [box('connected')] }),
      description(false),
      config(false),
      storage,
    ]),
  },
  starting: { answers: new Map(), state: { phase: 'starting' } },
  failed: { answers: new Map(), state: { phase: 'failed', error: new HearthError('capacity_exceeded', 'no room') } },
}

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A connection whose node gives the scene's answers and refuses everything else. */
export function createPreviewConnection({ answers, state }: Scene): Connection {
  const client: NodeClient = {
    async call<C extends Capability>(capability: C, _input: Input<C>): Promise<Output<C>> {
      await settle(30)
      const name = capability.name === configSet.name ? configGet.name : capability.name
      if (!answers.has(name)) throw new HearthError('not_found', `the scene has no ${capability.name}`)
      // `answer` checked the value against the contract of this name
      return answers.get(name) as Output<C>
    },
    async *stream() {
      await new Promise(() => undefined)
      throw new HearthError('partition', 'a scene has no stream')
    },
    close: () => undefined,
  }
  const queries = createQueryStore()
  queries.setClient(client)
  const shown: ConnectionState = { phase: 'ready', role: 'leader', client, error: undefined, ...state }
  return {
    queries,
    get: () => shown,
    subscribe: () => () => undefined,
    retry: () => undefined,
    takeOver: () => undefined,
    close: () => undefined,
  }
}
