import type { Input, Output } from '#protocol/core/capability.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId, parseUlid, type Ulid } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_HANDED_PURPOSE, DISTRIBUTED_LLM_SHARD_PURPOSE } from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { shardConnect, shardHandOn } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { SequenceOf } from '../../compute/port.ts'
import type { Caller } from '../../kernel/bus/bus.ts'
import type { OfferedSession, TensorTransport } from '../../kernel/tensors.ts'
import type { ReadyShard } from './offered-layers.ts'
import { type Conversation, converse, quietly, type ShardSessionDeps } from './shard-session.ts'

interface GrantingDeps extends ShardSessionDeps {
  /** Missing while this node is on no mesh. */
  readonly tensors: TensorTransport | undefined
  /** @throws HearthError `shard_unavailable`, `weights_mismatch` */
  readonly requireShard: (input: Input<typeof shardConnect>) => ReadyShard
  /** Takes a place. @returns what gives it back @throws HearthError `capacity_exceeded` */
  readonly enter: (shard: ReadyShard) => () => void
  readonly sequenceOf: (shard: ShardDescriptor, sequence: string) => SequenceOf
}

export interface Granting {
  /** Makes ready for a conversation of a peer with a shard (`shard.connect`). */
  connect(input: Input<typeof shardConnect>, caller: Caller): Promise<Output<typeof shardConnect>>
  /** Opens the way to the next shard of somebody's conversation (DLM-11, `shard.hand_on`). */
  handOn(input: Input<typeof shardHandOn>, caller: Caller): Promise<Output<typeof shardHandOn>>
}

/** Lets peers have conversations with shards of this device: negotiated on the bus, held over X08 (TEN-5). */
export function createGranting(deps: GrantingDeps): Granting {
  const { tensors, isTrusted } = deps
  const conversations = new Map<Ulid, { readonly peer: NodeId; readonly shard: ShardDescriptor; readonly told: Conversation }>()
  /** By peer and shard: what was granted and not taken up yet. */
  const untaken = new Map<string, AbortController>()

  async function connect(input: Input<typeof shardConnect>, { nodeId, level }: Caller) {
    if (nodeId === null || level === 'self')
      throw new HearthError('bad_request', 'a device needs no session to compute its own layers')
    if (!tensors) throw new HearthError('shard_unavailable', 'this device streams no tensors now')
    const shard = deps.requireShard(input)
    const { descriptor, life } = shard
    const key = `${nodeId} ${descriptor.shard_id}`
    // who asks again has given up what it was granted before: one place at most is held for nothing
    untaken.get(key)?.abort()
    const leave = deps.enter(shard)
    const grant = new AbortController()
    untaken.set(key, grant)
    grant.signal.addEventListener('abort', () => {
      if (untaken.get(key) === grant) untaken.delete(key)
    })
    const offers: OfferedSession[] = []
    const withdraw = (): void => {
      for (const offer of offers) offer.withdraw()
      leave()
    }
    /** Makes ready for a session with a peer of this conversation. */
    const ready = async (peer: NodeId, purpose: string): Promise<OfferedSession> => {
      // hidden states are noise to a compressor
      const options = { compression: 'none', preferredDtype: descriptor.dtype } as const
      const offer = await tensors.offer({ peer, purpose, options })
      // looked at with whoever opens it; until then nobody may call its failure unhandled
      offer.session.catch(() => undefined)
      offers.push(offer)
      return offer
    }
    try {
      const { session_id, session_token, session } = await ready(nodeId, DISTRIBUTED_LLM_SHARD_PURPOSE)
      const from = input.handed_by ? parseNodeId(input.handed_by) : null
      const handing = from && from !== nodeId && isTrusted(from) ? await ready(from, DISTRIBUTED_LLM_HANDED_PURPOSE) : null
      if (grant.signal.aborted)
        throw new HearthError('capacity_exceeded', 'the caller asked for another conversation meanwhile')
      for (const end of [life, grant.signal]) end.addEventListener('abort', withdraw, { once: true })
      const granted = (): void => {
        for (const end of [life, grant.signal]) end.removeEventListener('abort', withdraw)
        grant.abort()
      }
      session.then(
        (opened) => {
          granted()
          const told = converse(deps, opened, shard, deps.sequenceOf(descriptor, session_id), handing?.session)
          conversations.set(session_id, { peer: nodeId, shard: descriptor, told })
          void opened.ended.then(() => {
            conversations.delete(session_id)
            withdraw()
          })
          return quietly(told.over)
        },
        () => {
          granted()
          withdraw()
        },
      )
      return {
        session_id,
        session_token,
        ...(handing && { handed: { session_id: handing.session_id, session_token: handing.session_token } }),
        dtype: descriptor.dtype,
        max_tokens: descriptor.max_tokens,
      }
    } catch (error) {
      grant.abort()
      withdraw()
      throw error
    }
  }

  async function handOn({ session_id, next }: Input<typeof shardHandOn>, { nodeId }: Caller) {
    const known = conversations.get(parseUlid(session_id))
    if (!tensors || known?.peer !== nodeId) throw new HearthError('not_found', 'the caller has no such conversation here')
    const peer = parseNodeId(next.node_id)
    if (!isTrusted(peer)) throw new HearthError('unauthorized', 'nothing is handed to who is not trusted here')
    const grant = {
      session_id: parseUlid(next.session_id),
      session_token: next.session_token,
      purpose: DISTRIBUTED_LLM_HANDED_PURPOSE,
    }
    const options = { compression: 'none', preferredDtype: known.shard.dtype } as const
    known.told.handOn(
      await tensors.connect(peer, grant, options).catch((error: unknown) => {
        throw new HearthError('shard_unreachable', `the next shard: ${toHearthError(error).code}`)
      }),
    )
    return {}
  }

  return { connect, handOn }
}
