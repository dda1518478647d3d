import type { Input, Output } from '#protocol/core/capability.ts'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ChatEnding, ChatRequest } from '../../compute/port.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { Runtime } from '../../kernel/runtime.ts'

interface ServiceDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly compute: Pick<ComputeClient, 'chat'>
}

const MAX_TOKENS = 512
/** `experimental.distributed_llm.*`, as far as one device alone serves them. @returns what stops it */
export function serveDistributedInference({ bus, runtime, compute }: ServiceDeps): () => void {
  const withdraw = [
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
