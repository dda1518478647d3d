import { tokenRevoke } from '#protocol/auth/capabilities.ts'
import { tokenRevoked } from '#protocol/auth/events.ts'
import * as community from '#protocol/community/capabilities.ts'
import * as happened from '#protocol/community/events.ts'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { configChanged } from '#protocol/config/events.ts'
import type { Output } from '#protocol/core/capability.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import * as node from '#protocol/node/capabilities.ts'
import { meshChanged, statusChanged } from '#protocol/node/events.ts'
import { createFakeClient, type FakeClient } from './fake-client.ts'
import { type Community, contentIdFor, DAY_MS, meshOf, NAMES, nodeIdFor, timeAt, ulidFor, villageOf } from './village.ts'
import type { DeskScene } from './village-audit.ts'
import { answerCivdef, type CivdefScene } from './village-civdef.ts'
import { answerCivdefDesk } from './village-civdef-desk.ts'
import { answerEvidence } from './village-evidence.ts'
import { answerFederation, type FederationScene } from './village-federation.ts'
import { answerInference, type InferenceScene } from './village-inference.ts'
import { answerLora, type LoraScene } from './village-lora.ts'
import { answerProtocol } from './village-protocol.ts'

type Identity = Output<typeof node.nodeStatus>['identity']
type Invite = Output<typeof community.communityInviteList>['invites'][number]

export interface VillageOptions {
  /** How far this device has come. */
  readonly stage: 'new' | 'named' | 'member'
  readonly people?: number
  readonly claims?: number
  readonly evidence?: boolean
  /** Whether the app has the conformance suite. */
  readonly suite?: boolean
  readonly lora?: LoraScene
  readonly civdef?: CivdefScene
  readonly desk?: DeskScene
  readonly inference?: InferenceScene
  readonly federation?: FederationScene
  /** How long joining takes, ms. */
  readonly joinMs?: number
}

interface State {
  identity: Identity
  community: Community | null
  mesh: Output<typeof node.nodePeers>
  invites: readonly Invite[]
  config: Output<typeof configGet>
}

const anna: NonNullable<Identity> = {
  node_id: nodeIdFor(NAMES[0]),
  display_name: NAMES[0],
  created_at: timeAt(60),
  recovery: 'saved',
}

function answerNode(client: FakeClient, state: State, suite: boolean): void {
  client.answer(node.nodeStatus, () => ({ identity: state.identity, version: '3.0.0', started_at: timeAt(0) }))
  client.answer(node.identityCreate, ({ display_name }) => {
    state.identity = { ...anna, display_name, recovery: 'pending' }
    client.emit(statusChanged)
    return { node_id: anna.node_id }
  })
  client.answer(node.recoveryExport, () => ({
    file: {
      format: 'hearthnet-recovery' as const,
      version: 1 as const,
      node_id: anna.node_id,
      display_name: state.identity?.display_name ?? NAMES[0],
      kdf: { name: 'PBKDF2-SHA-256' as const, rounds: 600_000, salt: 'AAAA' },
      cipher: { name: 'AES-256-GCM' as const, iv: 'AAAA', text: 'AAAA' },
    },
  }))
  client.answer(node.recoverySettle, ({ outcome }) => {
    if (state.identity) state.identity = { ...state.identity, recovery: outcome }
    client.emit(statusChanged)
    return {}
  })
  client.answer(node.identityRestore, ({ file, passphrase }) => {
    if (passphrase !== 'gelbe Katze springt') throw new HearthError('unauthorized', 'wrong passphrase or damaged file')
    state.identity = { ...anna, display_name: file.display_name, recovery: 'restored' }
    client.emit(statusChanged)
    return { node_id: anna.node_id }
  })
  client.answer(node.nodePeers, () => state.mesh)
  client.answer(node.nodeStorage, () => ({ usage_bytes: 4_200_000, quota_bytes: 2_000_000_000, persisted: true }))
  client.answer(node.nodeTraces, () => ({ traces: [] }))
  client.answer(configGet, () => state.config)
  client.answer(configSet, (patch) => {
    const { policy, mesh, evidence, civdef, lora, ...modules } = patch
    state.config = {
      ...state.config,
      ...modules,
      evidence: {
        enabled: evidence?.enabled ?? state.config.evidence.enabled,
        ebkh: { ...state.config.evidence.ebkh, ...evidence?.ebkh },
      },
      civdef: { ...state.config.civdef, ...civdef },
      lora: { ...state.config.lora, ...lora },
      policy: { research: { ...state.config.policy.research, ...policy?.research } },
      mesh: { ...state.config.mesh, ...mesh },
    }
    client.emit(configChanged)
    return state.config
  })
  answerProtocol(client, (module) => module === 'evidence' && !state.config.evidence.enabled, suite)
}

function answerCommunity(client: FakeClient, state: State, people: number, joinMs: number): void {
  const enter = (): Community => {
    const joined = state.community ?? { ...villageOf(people), my_level: 'member' }
    state.community = joined
    state.mesh = meshOf(joined)
    client.emit(happened.memberJoined, meshChanged)
    return joined
  }
  client.answer(community.communityGet, () => ({ community: state.community }))
  client.answer(community.communityFound, ({ name }) => {
    state.community = { ...villageOf(1), name }
    client.emit(happened.communityFounded)
    return { community_id: state.community.community_id }
  })
  client.answer(community.communityInvite, ({ valid_seconds }) => {
    const expires_at = new Date(Date.now() + valid_seconds * 1000).toISOString()
    const invite = { jti: ulidFor(100 + state.invites.length), expires_at, uses: 10, redeemed: 0, revoked: false }
    state.invites = [...state.invites, invite]
    client.emit(happened.inviteIssued)
    return { jti: invite.jti, invite: 'eyJ2IjoxLCJ0b2tlbiI6ImhudG9rZW4i'.repeat(30), expires_at }
  })
  client.answer(community.communityInviteList, () => ({ invites: [...state.invites] }))
  client.answer(community.communityInviteInspect, ({ invite }) => {
    if (invite.startsWith('expired')) throw new HearthError('expired', 'invite has expired')
    if (invite.startsWith('forged')) throw new HearthError('invalid_signature', 'invite is forged')
    return {
      community_id: nodeIdFor(NAMES[0]),
      community_name: 'Issum',
      inviter: nodeIdFor(NAMES[1]),
      inviter_name: NAMES[1],
      level: 'member' as const,
      expires_at: new Date(Date.now() + DAY_MS).toISOString(),
    }
  })
  client.answer(community.communityRedeem, async ({ invite }) => {
    await new Promise((resolve) => setTimeout(resolve, joinMs))
    if (invite.startsWith('nobody')) throw new HearthError('partition', 'no member is reachable')
    return { community_id: enter().community_id }
  })
  client.answer(tokenRevoke, ({ jti }) => {
    state.invites = state.invites.map((invite) => (invite.jti === jti ? { ...invite, revoked: true } : invite))
    client.emit(tokenRevoked)
    return {}
  })
}

function answerMembers(client: FakeClient, state: State): void {
  const change = (id: string, patch: Partial<Community['members'][number]>): void => {
    if (!state.community) return
    const members = state.community.members.map((member) => (member.node_id === id ? { ...member, ...patch } : member))
    state.community = { ...state.community, members }
  }
  client.answer(community.communityPromote, ({ subject, level }) => {
    change(subject, { level })
    client.emit(happened.memberPromoted)
    return {}
  })
  client.answer(community.communityDemote, ({ subject }) => {
    change(subject, { level: 'member' })
    client.emit(happened.demotionSigned)
    return { demotion_id: ulidFor(7) }
  })
  client.answer(community.communityRevoke, ({ subject, reason }) => {
    const pending = { kind: 'revocation' as const, id: ulidFor(8), subject, reason, signed_by: [anna.node_id], needed: 2 }
    if (state.community) state.community = { ...state.community, pending: [...state.community.pending, pending] }
    client.emit(happened.revocationSigned)
    return { revocation_id: pending.id }
  })
  client.answer(community.communityRename, ({ display_name }) => {
    change(anna.node_id, { display_name })
    client.emit(happened.memberRenamed)
    return {}
  })
  client.answer(community.communityLeave, () => {
    state.community = null
    client.emit(happened.memberLeft)
    return {}
  })
  client.answer(eventsStats, () => ({
    stored: 4218,
    waiting: 2,
    excluded: 0,
    refused: { invalid_signature: 3, unauthorized: 1 },
    equivocations: [{ author: nodeIdFor(NAMES[3]), content_ids: [contentIdFor('a'), contentIdFor('b')] }],
  }))
}

/** A node of a village in memory that answers every contract the screens use. */
export function createVillageNode({
  stage,
  people = 9,
  claims = 60,
  evidence = true,
  lora = 'off',
  civdef = 'off',
  desk = 'new',
  inference = 'off',
  federation = 'none',
  joinMs = 3000,
  suite = true,
}: VillageOptions): FakeClient {
  const client = createFakeClient()
  const village = villageOf(people)
  const state: State = {
    identity: stage === 'new' ? null : anna,
    community: stage === 'member' ? village : null,
    mesh: stage === 'member' ? meshOf(village) : { peers: [], boxes: meshOf(village).boxes },
    invites: [
      { jti: ulidFor(21), expires_at: new Date(Date.now() + 5 * DAY_MS).toISOString(), uses: 10, redeemed: 3, revoked: false },
      { jti: ulidFor(22), expires_at: timeAt(3), uses: 10, redeemed: 0, revoked: false },
    ],
    config: {
      ...DEFAULT_CONFIG,
      evidence: { ...DEFAULT_CONFIG.evidence, enabled: evidence },
      lora: { ...DEFAULT_CONFIG.lora, enabled: lora !== 'off' },
      distributed_llm: { ...DEFAULT_CONFIG.distributed_llm, enabled: inference !== 'off' },
      civdef: {
        ...DEFAULT_CONFIG.civdef,
        enabled: civdef !== 'off',
        municipality: civdef === 'off' || civdef === 'new' ? '' : 'DE.NRW.Kleve.Issum',
      },
      policy: {
        research: { ...DEFAULT_CONFIG.policy.research, enable: lora !== 'off' || civdef !== 'off' || inference !== 'off' },
      },
    },
  }
  answerNode(client, state, suite)
  answerCommunity(client, state, people, joinMs)
  answerMembers(client, state)
  answerEvidence(client, { village, claims, isOn: () => state.config.evidence.enabled })
  answerLora(client, { village, scene: lora, isOn: () => state.config.lora.enabled })
  answerCivdef(client, { scene: civdef, config: () => state.config })
  answerCivdefDesk(client, desk)
  answerFederation(client, federation)
  answerInference(client, { scene: inference, isOn: () => state.config.distributed_llm.enabled })
  return client
}
