import { HearthError } from '#protocol/core/errors.ts'
import { HIDDEN_OUT } from '../cut/analyse.ts'
import type { Shard } from '../cut/cut.ts'
import { type Backend, floatsOf, type Program, type Value } from './backend.ts'
import { createCaches, pastOf } from './caches.ts'
import { createInputs } from './inputs.ts'
import { cacheBytesPerToken, type ModelShape } from './shape.ts'
import { createTogether } from './together.ts'

/** What goes into a shard: tokens at the bottom, otherwise the residual stream, token after token. */
export type Step =
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'hidden'; readonly hidden: Float32Array<ArrayBuffer> }

/** What comes out: the residual stream, or the logits of the last token. */
export interface Outcome {
  readonly kind: 'hidden' | 'logits'
  readonly data: Float32Array<ArrayBuffer>
  readonly tokens: number
}

/** Runs one shard for any number of sequences, each with its own cache. */
export interface ShardRunner {
  /**
   * @param position how many tokens came before: a shard that has seen another number says `bad_request`
   * @throws HearthError `not_found` for a sequence that goes on and whose cache is gone
   */
  forward(sequence: string, position: number, step: Step): Promise<Outcome>
  /** Whether steps of several conversations may go through in one run: where that was tried once and gave the same to the bit. */
  readonly joins: boolean
  /**
   * One token of each of several conversations in one run: weights are read once for all of them. The conversations are here, and as long as
   * they say.
   * @returns what `forward` would give for each, to the bit
   */
  forwardTogether(singles: readonly Single[]): Promise<readonly PromiseSettledResult<Outcome>[]>
  /** Frees a sequence's cache, at once or as soon as the step under way is done. */
  forget(sequence: string): void
  readonly sequences: ReadonlyMap<string, { readonly tokens: number }>
  readonly cacheBytes: number
  release(): Promise<void>
}

/** The next token of a conversation that has so many already. */
export interface Single {
  readonly sequence: string
  readonly position: number
  readonly hidden: Float32Array<ArrayBuffer>
}

/** An adapter's matrices by the shard's name for each of them (`adapterInputs`). */
export type Adapter = ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>

interface RunnerDeps {
  readonly backend: Backend
  readonly program: Program
  readonly shard: Pick<Shard, 'span' | 'inputs' | 'outputs' | 'elements' | 'adapterRows'>
  readonly shape: ModelShape
  /** Laid beside the products that the shard was cut with branches for. */
  readonly adapter?: Adapter
  /** Whether its operators look at each conversation by itself, however long it is (`isRowwise`). */
  readonly rowwise?: boolean
}

export function createShardRunner({ backend, program, shard, shape, adapter, rowwise = false }: RunnerDeps): ShardRunner {
  const caches = createCaches()
  const inputs = createInputs({ backend, shard, shape, adapter })
  const together = createTogether({ backend, program, shard, shape, inputs, caches, rowwise, alone: forward })
  const perToken = cacheBytesPerToken(shape, shard.span.end - shard.span.first)

  async function forward(sequence: string, position: number, step: Step): Promise<Outcome> {
    const count = step.kind === 'tokens' ? step.tokens.length : step.hidden.length / shape.hiddenSize
    if (!Number.isInteger(count) || count < 1) throw new HearthError('bad_request', 'a step of no whole tokens')
    const known = caches.all.get(sequence)
    if (!known && position !== 0) throw new HearthError('not_found', 'the cache of this conversation is gone')
    if (known && known.tokens !== position)
      throw new HearthError('bad_request', `this shard has seen ${known.tokens} tokens, not ${position}`)
    if (known?.busy) throw new HearthError('bad_request', 'one step of a conversation at a time')
    const cache = caches.of(sequence)
    cache.busy = true
    const given = new Map<string, Value>()
    try {
      for (const name of shard.inputs) given.set(name, cache.values.get(name) ?? inputs.single(name, cache.tokens, step, count))
      const outputs = await program.run(given)
      const values = [...outputs].filter(([name]) => name.startsWith('present.'))
      cache.values = new Map(values.map(([name, value]) => [pastOf(name), value]))
      cache.tokens += count
      const kind = shard.outputs.includes('logits') ? 'logits' : 'hidden'
      const main = outputs.get(kind === 'logits' ? 'logits' : HIDDEN_OUT)
      if (!main) throw new HearthError('internal_error', 'a shard without its output')
      const numbers = floatsOf(await main.read())
      // copied: a backend may use its memory for the next run; a graph as published gives every token's logits
      const data = kind === 'logits' ? numbers.slice(-(main.dims.at(-1) ?? 0)) : numbers.slice()
      main.dispose()
      return { kind, data, tokens: count }
    } catch (error) {
      // what a failed run left behind is no cache to go on from
      caches.forget(sequence)
      throw error
    } finally {
      for (const value of given.values()) value.dispose()
      caches.release([cache])
    }
  }

  return {
    forward,
    get joins() {
      return together.allowed
    },
    forwardTogether: (singles) => together.run(singles),
    forget: (sequence) => caches.forget(sequence),
    sequences: caches.all,
    get cacheBytes() {
      return [...caches.all.values()].reduce((sum, { tokens }) => sum + tokens * perToken, 0)
    },
    async release() {
      for (const sequence of [...caches.all.keys()]) caches.forget(sequence)
      await program.release()
    },
  }
}
