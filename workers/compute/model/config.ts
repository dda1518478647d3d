import { HearthError } from '#protocol/core/errors.ts'

/** What of a model's configuration matters here; both published forms say it. */
export interface ModelConfig {
  readonly hiddenSize?: number
  readonly headSize?: number
  /** Tokens that end an answer. */
  readonly ends: readonly number[]
  /** Tokens that a conversation can have at most; null where it is not said. */
  readonly positions: number | null
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
const idsOf = (value: unknown): readonly number[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isSafeInteger(id) && id >= 0)

/** @throws HearthError `bad_request` for text that is no JSON object */
export function jsonObject(text: string, file: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // said below, as for JSON of another kind
  }
  throw new HearthError('bad_request', `${file} is no JSON object`)
}

/** Reads `config.json` of transformers.js or `genai_config.json` of ONNX Runtime. */
export function modelConfig(config: Json): ModelConfig {
  const model = isObject(config.model) ? config.model : null
  const decoder = isObject(model?.decoder) ? model.decoder : null
  const text = isObject(config.text_config) ? { ...config, ...config.text_config } : config
  const hiddenSize = numberOf(decoder?.hidden_size ?? text.hidden_size)
  const heads = numberOf(text.num_attention_heads)
  const headSize = numberOf(decoder?.head_size ?? text.head_dim) ?? (hiddenSize && heads ? hiddenSize / heads : undefined)
  return {
    ...(hiddenSize !== undefined && { hiddenSize }),
    ...(headSize !== undefined && { headSize }),
    ends: idsOf(model?.eos_token_id ?? text.eos_token_id),
    positions: numberOf(model?.context_length ?? text.max_position_embeddings) ?? null,
  }
}
