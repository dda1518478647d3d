import type { Input } from '#protocol/core/capability.ts'
import type { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { ChatRequest, ModelFacts } from '../../compute/port.ts'

const MAX_TOKENS = 512
/** What languages of this part of the world have for a token, at least in the models that are published for browsers. */
const CHARACTERS_PER_TOKEN = 4

/** Of a conversation at most, about: nobody has cut the question into tokens yet. */
export function tokensOf({ positions }: ModelFacts, { messages, maxTokens }: ChatRequest): number {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0)
  return Math.min(positions ?? Number.POSITIVE_INFINITY, Math.ceil(characters / CHARACTERS_PER_TOKEN) + maxTokens)
}

type Question = Pick<Input<typeof chat>, 'model' | 'messages' | 'sampling' | 'max_tokens' | 'stop'>

/** Greedy where nothing is said (DLM-3). */
export const requestOf = ({ model, messages, sampling = {}, max_tokens, stop }: Question): ChatRequest => ({
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
