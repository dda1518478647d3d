import type { Input, Output } from '#protocol/core/capability.ts'
import { modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { shardList } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import type { ChatEnding, ChatRequest, HostedShard } from '../../compute/port.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { Runtime } from '../../kernel/runtime.ts'

interface ServiceDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly compute: ComputeClient
}

const MAX_TOKENS = 512
/** Conversations that one shard takes at a time; its steps take turns. */
const STREAMS = 8
/** Of one conversation with a shard. */
const MAX_CONVERSATION_TOKENS = 4096

/** `experimental.distributed_llm.*`, as far as one device alone serves them. @returns what stops it */
export function serveDistributedInference({ bus, runtime, compute }: ServiceDeps): () => void {
  const withdraw = [
    bus.handle(shardList, async () => {
      const { backend, shards } = await compute.shards()
      return { shards: backend === null ? [] : shards.flatMap((shard) => descriptorOf(shard, backend)) }
    }),

    bus.handle(modelList, async () => {
      const models = await compute.models()
      return {
        models: models.map(({ id, weightsHash, bytes, layers, refused }) => ({
          model: id,
          weights_sha256: weightsHash,
          bytes,
          layers,
          refused,
        })),
      }
    }),

    bus.handleStream(chat, async function* (input, { signal }) {
      // a reader who goes away leaves this between two frames: that, too, stops the computing (DLM-10)
      const left = new AbortController()
      const answering = compute.chat(runtime.ulid(), requestOf(input), AbortSignal.any([signal, left.signal]))
      try {
        for (;;) {
          const next = await answering.next()
          if (next.done) return outputOf(next.value)
          yield { frame: 'token_delta' as const, text: next.value.text }
        }
      } finally {
        left.abort()
      }
    }),
  ]
  return () => {
    for (const stop of withdraw) stop()
    compute.close()
  }
}

/** Greedy where nothing is said (DLM-3). */
const requestOf = ({ model, messages, sampling = {}, max_tokens, stop }: Input<typeof chat>): ChatRequest => ({
  model,
  messages,
  sampling: {
    temperature: sampling.temperature ?? 0,
    topK: sampling.top_k ?? 0,
    topP: sampling.top_p ?? 1,
    repetitionPenalty: sampling.repetition_penalty ?? 1,
    seed: sampling.seed ?? 0,
  },
  maxTokens: max_tokens ?? MAX_TOKENS,
  stops: stop ?? [],
})

const outputOf = ({
  reason,
  promptTokens,
  tokens,
  firstTokenMs,
  tokensPerSecond,
  backend,
}: ChatEnding): Output<typeof chat> => ({
  reason,
  prompt_tokens: promptTokens,
  tokens,
  first_token_ms: firstTokenMs,
  tokens_per_second: tokensPerSecond,
  backend,
  failovers: 0,
  computed_by: 'local',
})

/** Nothing for an embedding or a head alone: a pipeline is made of layers (DLM-3). */
function descriptorOf(shard: HostedShard, backend: BackendKind): readonly ShardDescriptor[] {
  const { model, weightsHash, first, end, bytes, msPerToken, layers, hiddenSize } = shard
  if (end === first) return []
  return [
    {
      shard_id: `${model}:${first}-${end - 1}`,
      model,
      weights_sha256: weightsHash,
      layers: { from: first, to: end - 1 },
      model_layers: layers,
      hidden_size: hiddenSize,
      memory_bytes: bytes,
      max_concurrent_streams: STREAMS,
      streams: 0,
      max_tokens: MAX_CONVERSATION_TOKENS,
      dtype: 'fp16',
      backend,
      ms_per_token: msPerToken,
    },
  ]
}
