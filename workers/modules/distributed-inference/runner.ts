import type { NodeId } from '#protocol/core/ids.ts'
import type { Layers, ShardDescriptor, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { TensorGrant, TensorStats } from '../../kernel/tensors.ts'

/** What a shard made of a step that it says another one handed it, or that was sent to it. */
export interface HandedResult {
  /** Number of the step, modulo 32,768. */
  readonly step: number
  readonly rows: Float32Array<ArrayBuffer>
  /** SHA-256 of what it was handed; null where it does not say that it was handed anything. */
  readonly receipt: Uint8Array | null
}

/** The side of a conversation whose steps come from another shard (DLM-11). */
export interface HandedSteps {
  /** For who hands them. */
  readonly grant: Pick<TensorGrant, 'session_id' | 'session_token'>
  /** @param released nobody hands it anything any more */
  listen(heard: (result: HandedResult) => void, released: () => void): void
  /** Gives it a step after all; one that it has already it lets pass. */
  send(step: number, hidden: Float32Array<ArrayBuffer>): void
}

/** Where a shard hands its results on to. */
export interface Next extends Pick<TensorGrant, 'session_id' | 'session_token'> {
  readonly nodeId: NodeId
}

/** Whoever computes layers for one conversation: another device, this one, or several one after the other. */
export interface Runner {
  /** Null: this device. */
  readonly nodeId: NodeId | null
  readonly shardId: string
  readonly layers: Layers
  /** Takes the next tokens of the conversation, [tokens, hidden]; may be called again before it has answered, and answers in order. */
  forward(hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
  /** Resolves when it computes no more, whoever ended it. */
  readonly ended: Promise<unknown>
  /** Frees the conversation's cache there, at once. */
  close(): void
  /** Where several stand for one: theirs. */
  stages?(): readonly StageStatus[]
  /** Where its steps may come from another shard: they are not given to `forward` then. */
  readonly handed?: HandedSteps | undefined
  /** Tensors both ways; missing where nothing goes anywhere. */
  stats?(): Pick<TensorStats, 'sent' | 'received'>
  /** Has its results handed on, too, from the first step on. @throws HearthError where it cannot */
  handOn?(next: Next): Promise<void>
}

/** What of a conversation with another device's shard is needed here. */
export interface Link {
  readonly peer: NodeId
  readonly shard: Pick<ShardDescriptor, 'shard_id' | 'layers'>
  forward(hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
  readonly ended: Promise<unknown>
  close(): void
  readonly handed?: HandedSteps | undefined
  stats?(): Pick<TensorStats, 'sent' | 'received'>
  handOn?(next: Next): Promise<void>
}

export const linkedRunner = (link: Link): Runner => ({
  nodeId: link.peer,
  shardId: link.shard.shard_id,
  layers: link.shard.layers,
  forward: (hidden) => link.forward(hidden),
  ended: link.ended,
  close: () => link.close(),
  handed: link.handed,
  ...(link.stats && { stats: link.stats }),
  ...(link.handOn && { handOn: (next) => link.handOn?.(next) ?? Promise.resolve() }),
})

/** Layers of this device, loaded where they are not yet. @throws HearthError `capacity_exceeded`, `not_found` */
export async function ownRunner(
  compute: Pick<ComputeClient, 'load' | 'forward' | 'forget'>,
  { model, shard_id, layers }: Pick<ShardDescriptor, 'model' | 'shard_id' | 'layers'>,
  sequence: string,
): Promise<Runner> {
  const range = { first: layers.from, end: layers.to + 1 }
  const { hiddenSize } = await compute.load(model, range)
  let position = 0
  return {
    nodeId: null,
    shardId: shard_id,
    layers,
    forward(hidden) {
      const at = position
      position += hidden.length / hiddenSize
      return compute.forward({ model, ...range, sequence, position: at, hidden })
    },
    ended: new Promise(() => undefined),
    close: () => void compute.forget({ model, ...range, sequence }),
  }
}
