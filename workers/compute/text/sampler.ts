import { HearthError } from '#protocol/core/errors.ts'

/** How the next token is chosen (DLM-3). */
export interface Sampling {
  /** 0 takes the likeliest token, always. */
  readonly temperature: number
  /** Of the likeliest so many; 0 means all. */
  readonly topK: number
  /** Of the likeliest that together have this probability. */
  readonly topP: number
  /** Above 1 it makes tokens that were there already less likely (Keskar and others, "CTRL", 2019). */
  readonly repetitionPenalty: number
  readonly seed: number
}

export const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0 }

/**
 * Chooses the token that follows `history`. The choice depends on logits, history and seed alone, so that a run that was
 * interrupted goes on as it would have (DLM-4).
 * @param history all tokens before it, the prompt's too
 * @throws HearthError `pipeline_failed` for logits of which none is a number: no word may be made of them (DLM-6)
 */
export function sample(logits: Float32Array, history: readonly number[], sampling: Sampling): number {
  const scores = penalised(logits, history, sampling.repetitionPenalty)
  const best = likeliest(scores)
  if (best < 0) throw new HearthError('pipeline_failed', 'a shard gave logits that are no numbers')
  if (sampling.temperature <= 0) return best
  const ranked = rankedTokens(scores, sampling.topK)
  const top = scores[best] ?? 0
  const shares = ranked.map((token) => Math.exp(((scores[token] ?? 0) - top) / sampling.temperature))
  const kept = nucleus(shares, sampling.topP)
  const total = shares.slice(0, kept).reduce((sum, share) => sum + share, 0)
  let rest = chance(sampling.seed, history.length) * total
  for (const [index, token] of ranked.slice(0, kept).entries()) {
    rest -= shares[index] ?? 0
    if (rest < 0) return token
  }
  return ranked[kept - 1] ?? best
}

function penalised(logits: Float32Array, history: readonly number[], penalty: number): Float32Array {
  if (penalty === 1) return logits
  const scores = logits.slice()
  for (const token of new Set(history)) {
    const score = scores[token]
    if (score !== undefined) scores[token] = score > 0 ? score / penalty : score * penalty
  }
  return scores
}

/** @returns the first of the largest, or -1 where none is a number */
function likeliest(scores: Float32Array): number {
  let best = -1
  for (const [token, score] of scores.entries()) if (score > (scores[best] ?? Number.NEGATIVE_INFINITY)) best = token
  return best
}

/** Likeliest first, equal ones by number: the same on every machine. */
function rankedTokens(scores: Float32Array, topK: number): readonly number[] {
  const tokens = Array.from(scores.keys()).filter((token) => !Number.isNaN(scores[token]))
  tokens.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  return topK > 0 ? tokens.slice(0, topK) : tokens
}

/** How many of the likeliest have `topP` of the probability together (Holtzman and others, 2020); at least one. */
function nucleus(shares: readonly number[], topP: number): number {
  const enough = shares.reduce((sum, share) => sum + share, 0) * topP
  let sum = 0
  const last = shares.findIndex((share) => {
    sum += share
    return sum >= enough
  })
  return last < 0 ? shares.length : last + 1
}

/** A number in [0, 1) that depends on seed and place alone (the finaliser of MurmurHash3, twice). */
function chance(seed: number, place: number): number {
  return mixed(mixed(seed >>> 0) ^ Math.imul(place + 1, 0x9e3779b9)) / 2 ** 32
}

function mixed(value: number): number {
  let bits = value >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
