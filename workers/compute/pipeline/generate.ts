import { HearthError } from '#protocol/core/errors.ts'
import { createTurn } from '../../kernel/turn.ts'
import type { Outcome, Step } from '../engine/shard-runner.ts'
import { type Sampling, sample } from '../text/sampler.ts'
import { createTextStream } from '../text/stream.ts'
import type { TextCodec } from '../text/tokenizer.ts'
import { checkHop } from './sanity.ts'

/** One shard of a pipeline, wherever it is, for one conversation. */
export interface Stage {
  /** Takes the next step before it has answered the last one, and answers in order: chunks of a prompt then overlap within it, too. */
  readonly overlaps?: boolean
  forward(position: number, step: Step): Promise<Outcome>
  /** Frees the conversation's cache. */
  forget(): void
}

export interface Request {
  readonly prompt: readonly number[]
  readonly sampling: Sampling
  readonly maxTokens: number
  /** Text that ends the answer and is not part of it. */
  readonly stops: readonly string[]
  /** Tokens of the prompt that go through together; smaller ones let shards work side by side. */
  readonly chunk: number
  /** Tokens of the answer that were told already: it goes on after them as if it had never stopped (DLM-4). */
  readonly said?: readonly number[]
  /** What was said goes through one token at a time, as it did first (`isStepwise`). */
  readonly stepwise?: boolean
  readonly signal?: AbortSignal
}

/** Text as it comes; empty while half a character or a stop string is held back. */
export interface Delta {
  readonly text: string
  readonly token: number
}

export interface Ending {
  /** `end`: the model said so; `stop`: a stop string; `length`: as many tokens as were asked for. */
  readonly reason: 'end' | 'stop' | 'length'
  readonly promptTokens: number
  readonly tokens: number
  readonly firstTokenMs: number
  readonly tokensPerSecond: number
}

interface GenerateDeps {
  /** From the embedding to the head. */
  readonly stages: readonly Stage[]
  readonly codec: Pick<TextCodec, 'decode' | 'ends'>
  readonly hiddenSize: number
  readonly monotonic: () => number
}

/**
 * Lets a pipeline answer, token after token (DLM-3). However it ends, every stage is told to forget.
 * @throws HearthError `pipeline_cancelled` when the signal says so, `pipeline_failed` for what no shard can have computed,
 * `bad_request` for a prompt of nothing, and whatever a stage throws
 */
export async function* generate(deps: GenerateDeps, request: Request): AsyncGenerator<Delta, Ending> {
  const { stages, codec, monotonic } = deps
  const { prompt, signal, said = [] } = request
  if (prompt.length === 0) throw new HearthError('bad_request', 'nothing was asked')
  const text = createTextStream(codec, request.stops)
  for (const token of said) text.push(token)
  const history = [...prompt, ...said]
  const pass = createPass(deps, signal)
  const start = monotonic()
  let firstAt = start
  try {
    let logits = await prefill(pass, stepsOf(request))
    for (let count = said.length + 1; ; count++) {
      const token = sample(logits, history, request.sampling)
      if (count === said.length + 1) firstAt = monotonic()
      const ended = codec.ends.has(token)
      const fresh = ended ? { text: '', stopped: false } : text.push(token)
      const over = ended ? 'end' : fresh.stopped ? 'stop' : count >= request.maxTokens ? 'length' : null
      yield { text: over && over !== 'stop' ? fresh.text + text.end() : fresh.text, token }
      if (over) return ending(over, count)
      history.push(token)
      logits = (await pass(history.length - 1, { kind: 'tokens', tokens: [token] }, 1)).data
    }
  } finally {
    for (const stage of stages) stage.forget()
  }

  function ending(reason: Ending['reason'], tokens: number): Ending {
    const seconds = (monotonic() - firstAt) / 1000
    const rate = seconds > 0 ? (tokens - said.length - 1) / seconds : 0
    return { reason, promptTokens: prompt.length, tokens, firstTokenMs: firstAt - start, tokensPerSecond: rate }
  }
}

type Pass = (position: number, step: Step, tokens: number) => Promise<Outcome>

/** Takes a step through all stages. Steps that follow each other closely overlap, and each stage sees them in order. */
function createPass({ stages, hiddenSize }: GenerateDeps, signal: AbortSignal | undefined): Pass {
  const inTurn = stages.map(() => createTurn())
  return async (position, step, tokens) => {
    let input = step
    for (const [index, stage] of stages.entries()) {
      if (signal?.aborted) throw new HearthError('pipeline_cancelled', 'the answer was stopped')
      const now = input
      const forward = (): Promise<Outcome> => stage.forward(position, now)
      const outcome = await (stage.overlaps ? forward() : (inTurn[index] ?? createTurn())(forward))
      checkHop(outcome, tokens, hiddenSize)
      if (outcome.kind === 'logits') return outcome
      input = { kind: 'hidden', hidden: outcome.data }
    }
    throw new HearthError('pipeline_failed', 'the last shard gave no logits')
  }
}

/** What goes through before the next token is chosen: the prompt in chunks, and what was said already. */
function stepsOf({ prompt, said = [], chunk, stepwise = false }: Request): readonly (readonly number[])[] {
  if (stepwise) return [...chunksOf(prompt, chunk), ...said.map((token) => [token])]
  return chunksOf([...prompt, ...said], chunk)
}

const chunksOf = (tokens: readonly number[], size: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(tokens.length / size) }, (_, index) => tokens.slice(index * size, (index + 1) * size))

/** Sends steps through, each behind the other. @returns the logits after the last token */
async function prefill(pass: Pass, steps: readonly (readonly number[])[]): Promise<Float32Array> {
  let position = 0
  const outcomes = await Promise.all(
    steps.map((tokens) => {
      const at = position
      position += tokens.length
      return pass(at, { kind: 'tokens', tokens }, tokens.length)
    }),
  )
  const last = outcomes.at(-1)
  if (!last) throw new HearthError('internal_error', 'a prompt without steps')
  return last.data
}
