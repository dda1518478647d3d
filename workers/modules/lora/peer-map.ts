import type { Static } from '@sinclair/typebox'
import { HearthError } from '#protocol/core/errors.ts'
import { displayNodeId, type NodeId, wireTime } from '#protocol/core/ids.ts'
import { NodeIdSchema, OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { LORA_MAX_CLOCK_ERROR_SECONDS, LORA_UNKNOWN_PEERS_MAX } from '#protocol/lora/constants.ts'
import { type Frame, senderHashOf } from '#protocol/lora/frame.ts'
import { type PeerRecord, type PeerState, SenderHashSchema } from '#protocol/lora/records.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import type { Verdict } from './prover.ts'
import type { Heard } from './stick.ts'

const MAX_DECISIONS = 1024

const DecisionSchema = Strict({
  sender_hash: SenderHashSchema,
  kind: OneOf(['confirmed', 'kept', 'blocked']),
  /** Whom a person said it is. */
  node_id: Type.Union([NodeIdSchema, Type.Null()]),
})
type Decision = Static<typeof DecisionSchema>

/** `lora.decisions` on the shelf: what a person made of whom (LOR-3). */
export const DecisionsSchema = Strict({ decisions: Type.Array(DecisionSchema, { maxItems: MAX_DECISIONS }) })
export const NO_DECISIONS: Static<typeof DecisionsSchema> = { decisions: [] }

export interface KnownMember {
  readonly nodeId: NodeId
  readonly displayName: string
}

/** One frame with everything this device knows of its coming. */
export interface Reception {
  readonly frame: Frame
  /** Milliseconds since 1970, this device's clock. */
  readonly at: number
  readonly signal: Pick<Heard, 'rssiDbm' | 'snrDb'>
}

interface Peer {
  readonly hash: string
  readonly firstAt: number
  last: Reception
  verdict: Verdict
  lastProven: Reception | null
  frames: number
}

/** Who a hash may be. */
export interface Who {
  readonly state: PeerState
  readonly node_id: NodeId | null
  readonly display_name: string | null
}

export interface PeerMap {
  /** @returns whether nobody has decided about this hash and it was never heard before */
  heard(reception: Reception, verdict: Verdict): boolean
  /** A frame that was pending is decided. */
  decided(reception: Reception, verdict: Verdict): void
  has(senderHash: string): boolean
  /** @param proven the NodeID that the frame itself proved, where it did */
  who(senderHash: string, proven?: NodeId | null): Who
  /** @throws HearthError `lora_peer_unknown`, `lora_peer_conflict`, `bad_request` when the hash is not that NodeID's */
  verify(senderHash: string, nodeId: NodeId): Promise<void>
  /** @throws HearthError `lora_peer_unknown` */
  decide(senderHash: string, decision: 'keep' | 'block' | 'forget'): Promise<void>
  /** The last heard first. */
  list(): PeerRecord[]
  /** Heard since then, blocked ones left out. */
  countSince(ms: number): number
  /** How this member was last heard: by a proven frame, where theirs can be proven. */
  heardFrom(nodeId: NodeId): Reception | null
  /** Members came or went. */
  membersChanged(): void
  clear(): void
}

export interface PeerMapDeps {
  readonly drawer: Drawer<Static<typeof DecisionsSchema>>
  /** Active members, this node left out. */
  readonly members: () => readonly KnownMember[]
  readonly isAnchored: (senderHash: string) => boolean
}

/** Trust on first use: who was heard, and whom a person says it is (LOR-3). */
export function createPeerMap({ drawer, members, isAnchored }: PeerMapDeps): PeerMap {
  // in the order in which they were last heard
  const peers = new Map<string, Peer>()
  const decisions = new Map(drawer.get().decisions.map((decision) => [decision.sender_hash, decision]))
  let byHash: ReadonlyMap<string, readonly KnownMember[]> | null = null

  function candidatesOf(hash: string): readonly KnownMember[] {
    if (!byHash) {
      const grouped = new Map<string, KnownMember[]>()
      for (const member of members()) {
        const of = senderHashOf(member.nodeId)
        grouped.set(of, [...(grouped.get(of) ?? []), member])
      }
      byHash = grouped
    }
    return byHash.get(hash) ?? []
  }

  const nameOf = (hash: string, nodeId: NodeId): string | null =>
    candidatesOf(hash).find((member) => member.nodeId === nodeId)?.displayName ?? null

  function who(hash: string, proven: NodeId | null = null): Who {
    const decision = decisions.get(hash)
    const candidates = candidatesOf(hash)
    const named = decision?.node_id ?? null
    const claims = new Set([...candidates.map(({ nodeId }) => nodeId), ...(named ? [named] : []), ...(proven ? [proven] : [])])
    const [only] = claims
    const node_id = proven ?? named ?? (claims.size === 1 && only ? only : null)
    const display_name = node_id ? nameOf(hash, node_id) : null
    if (decision?.kind === 'blocked') return { state: 'blocked', node_id, display_name }
    if (claims.size > 1) return { state: 'conflict', node_id, display_name }
    if (decision?.kind === 'confirmed') return { state: 'confirmed', node_id, display_name }
    return { state: candidates.length > 0 ? 'candidate' : 'unknown', node_id, display_name }
  }

  function requireHeard(hash: string): void {
    if (!peers.has(hash) && !decisions.has(hash)) {
      throw new HearthError('lora_peer_unknown', 'nobody with that hash was heard', { data: { field: '/sender_hash' } })
    }
  }

  async function decideAs(decision: Decision): Promise<void> {
    decisions.delete(decision.sender_hash)
    decisions.set(decision.sender_hash, decision)
    await save()
  }

  async function save(): Promise<void> {
    await drawer.set({ decisions: [...decisions.values()].slice(-MAX_DECISIONS) })
  }

  /** Whom nobody decided about is forgotten when there are too many; whom somebody did, never. */
  function makeRoom(): void {
    if (peers.size <= LORA_UNKNOWN_PEERS_MAX + MAX_DECISIONS && peers.size - decisions.size <= LORA_UNKNOWN_PEERS_MAX) return
    for (const hash of peers.keys()) {
      if (decisions.has(hash) || candidatesOf(hash).length > 0) continue
      peers.delete(hash)
      return
    }
  }

  function record(peer: Peer): PeerRecord {
    const { hash, verdict, last } = peer
    const { frame, at, signal } = last
    const ahead = Math.round(frame.unixSeconds - at / 1000)
    return {
      sender_hash: hash,
      ...who(hash, verdict.proof === 'proven' ? verdict.nodeId : null),
      settled: decisions.get(hash)?.kind === 'kept',
      candidates: candidatesOf(hash).map(({ nodeId, displayName }) => ({
        node_id: nodeId,
        display_name: displayName,
        short_id: displayNodeId(nodeId),
      })),
      first_heard_at: wireTime(peer.firstAt),
      last_heard_at: wireTime(at),
      last_proven_at: peer.lastProven ? wireTime(peer.lastProven.at) : null,
      rssi_dbm: signal.rssiDbm,
      snr_db: signal.snrDb,
      frames: peer.frames,
      version: frame.version,
      flags: frame.flags,
      proof: verdict.proof,
      doubt: verdict.doubt,
      anchored: isAnchored(hash),
      clock_ahead_seconds: Math.abs(ahead) > LORA_MAX_CLOCK_ERROR_SECONDS ? ahead : null,
    }
  }

  return {
    heard(reception, verdict) {
      const hash = reception.frame.senderHash
      const known = peers.get(hash)
      const peer: Peer = known ?? {
        hash,
        firstAt: reception.at,
        last: reception,
        verdict,
        lastProven: null,
        frames: 0,
      }
      peer.last = reception
      peer.verdict = verdict
      peer.frames++
      if (verdict.proof === 'proven') peer.lastProven = reception
      peers.delete(hash)
      peers.set(hash, peer)
      makeRoom()
      return !known && !decisions.has(hash)
    },

    decided(reception, verdict) {
      const peer = peers.get(reception.frame.senderHash)
      if (!peer) return
      if (peer.last === reception) peer.verdict = verdict
      if (verdict.proof === 'proven' && reception.at >= (peer.lastProven?.at ?? 0)) peer.lastProven = reception
    },

    has: (hash) => peers.has(hash),
    who,

    async verify(hash, nodeId) {
      requireHeard(hash)
      if (senderHashOf(nodeId) !== hash) {
        throw new HearthError('bad_request', 'that hash is not of this NodeID', { data: { field: '/node_id' } })
      }
      const named = decisions.get(hash)?.node_id
      if (named && named !== nodeId) {
        throw new HearthError('lora_peer_conflict', 'that hash is confirmed for another NodeID', {
          data: { field: '/node_id' },
        })
      }
      await decideAs({ sender_hash: hash, kind: 'confirmed', node_id: nodeId })
    },

    async decide(hash, decision) {
      requireHeard(hash)
      if (decision === 'forget') {
        decisions.delete(hash)
        await save()
        return
      }
      const node_id = decisions.get(hash)?.node_id ?? null
      await decideAs({
        sender_hash: hash,
        kind: decision === 'block' ? 'blocked' : 'kept',
        node_id: decision === 'block' ? node_id : null,
      })
    },

    list: () => [...peers.values()].reverse().map(record),

    countSince: (ms) => [...peers.values()].filter(({ hash, last }) => last.at >= ms && who(hash).state !== 'blocked').length,

    heardFrom(nodeId) {
      const hash = senderHashOf(nodeId)
      const peer = peers.get(hash)
      return (isAnchored(hash) ? peer?.lastProven : peer?.last) ?? null
    },

    membersChanged() {
      byHash = null
    },
    clear: () => peers.clear(),
  }
}
