import { HearthError } from '#protocol/core/errors.ts'
import { type Decoder, HIDDEN_IN, HIDDEN_OUT } from '../cut/analyse.ts'
import type { Shard } from '../cut/cut.ts'
import { ELEMENT } from '../onnx/model.ts'
import type { Backend, Numbers, Program, Value } from './backend.ts'
import { fromHalves, halvesOf } from './half.ts'
import { stacked, unstacked } from './stacking.ts'

/** What a shard needs to know of its model beside its graph. */
export interface ModelShape {
  readonly hiddenSize: number
  readonly kvHeads: number
  readonly headSize: number
  /** ONNX element types of the residual stream and of the cache. */
  readonly element: number
  readonly cacheElement: number
}

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
  forwardTogether(singles: readonly Single[]): Promise<readonly Outcome[]>
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

interface Cache {
  tokens: number
  values: Map<string, Value>
  /** A run uses the values right now. */
  busy: boolean
  /** Nobody wants it any more. */
  gone: boolean
}

/** @throws HearthError `bad_request` where neither the graph nor the configuration says how wide the model is */
export function shapeOf(decoder: Decoder, config: { readonly hiddenSize?: number; readonly headSize?: number }): ModelShape {
  const hiddenSize = decoder.hiddenSize ?? config.hiddenSize
  const headSize = decoder.cache.headSize ?? config.headSize
  if (hiddenSize === undefined || headSize === undefined)
    throw new HearthError('bad_request', 'neither the graph nor its configuration says how wide the model is')
  return { hiddenSize, headSize, kvHeads: decoder.cache.heads, element: decoder.element, cacheElement: decoder.cache.element }
}

const BYTES = (element: number): number => (element === ELEMENT.float16 || element === ELEMENT.bfloat16 ? 2 : 4)

/** Bytes that one token of one sequence takes in the cache of `layers` layers. */
export const cacheBytesPerToken = (shape: ModelShape, layers: number): number =>
  2 * layers * shape.kvHeads * shape.headSize * BYTES(shape.cacheElement)

/** An adapter's matrices by the shard's name for each of them (`adapterInputs`). */
export type Adapter = ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>

interface RunnerDeps {
  readonly backend: Backend
  readonly program: Program
  readonly shard: Pick<Shard, 'span' | 'inputs' | 'outputs' | 'adapterRows'>
  readonly shape: ModelShape
  /** Laid beside the products that the shard was cut with branches for. */
  readonly adapter?: Adapter
  /** Whether its operators look at each conversation by itself, however long it is (`isRowwise`). */
  readonly rowwise?: boolean
}

export function createShardRunner({ backend, program, shard, shape, adapter, rowwise = false }: RunnerDeps): ShardRunner {
  const caches = new Map<string, Cache>()
  const heads = { heads: shape.kvHeads, size: shape.headSize }
  // on a card the caches would have to come to the processor and go back
  let joins = rowwise && backend.kind !== 'webgpu' && shard.inputs.includes(HIDDEN_IN) && !shard.outputs.includes('logits')
  let proven = false
  const perToken = cacheBytesPerToken(shape, shard.span.end - shard.span.first)
  const wide = shape.element !== ELEMENT.float16

  const ints = (dims: readonly number[], numbers: Iterable<number>): Value =>
    backend.value(ELEMENT.int64, dims, BigInt64Array.from([...numbers].map(BigInt)))
  const empty = (): Value => {
    const dims = [1, shape.kvHeads, 0, shape.headSize]
    return backend.value(shape.cacheElement, dims, BYTES(shape.cacheElement) === 2 ? new Uint16Array(0) : new Float32Array(0))
  }

  /** Without an adapter one column of zeros: no column at all fails on WebGPU. */
  function branch(name: string): Value {
    const matrix = adapter?.get(name)
    const rows = shard.adapterRows.get(name) ?? 0
    const dims = matrix?.dims ?? (name.endsWith('.A') ? [rows, 1] : [1, rows])
    const data = matrix?.data ?? new Float32Array(rows)
    return backend.value(shape.element, dims, wide ? data : halvesOf(data))
  }

  /** Fills one input. What a shard without the embedding asks of tokens is only how many there are. */
  function inputFor(name: string, cache: Cache, step: Step, count: number): Value {
    if (name === HIDDEN_IN && step.kind === 'hidden')
      return backend.value(shape.element, [1, count, shape.hiddenSize], wide ? step.hidden : halvesOf(step.hidden))
    if (name === 'input_ids') return ints([1, count], step.kind === 'tokens' ? step.tokens : Array(count).fill(0))
    if (name === 'attention_mask') return ints([1, cache.tokens + count], Array(cache.tokens + count).fill(1))
    if (name === 'position_ids')
      return ints(
        [1, count],
        Array.from({ length: count }, (_, index) => cache.tokens + index),
      )
    if (name.startsWith('lora.')) return branch(name)
    const past = cache.values.get(name)
    if (past) return past
    if (name.startsWith('past_key_values.')) return empty()
    throw new HearthError('bad_request', `a shard that begins with ${shard.inputs[0]} cannot take ${step.kind}`)
  }

  async function forward(sequence: string, position: number, step: Step): Promise<Outcome> {
    const count = step.kind === 'tokens' ? step.tokens.length : step.hidden.length / shape.hiddenSize
    if (!Number.isInteger(count) || count < 1) throw new HearthError('bad_request', 'a step of no whole tokens')
    const cache: Cache = caches.get(sequence) ?? { tokens: 0, values: new Map(), busy: false, gone: false }
    if (cache.tokens !== position)
      throw caches.has(sequence)
        ? new HearthError('bad_request', `this shard has seen ${cache.tokens} tokens, not ${position}`)
        : new HearthError('not_found', 'the cache of this conversation is gone')
    if (cache.busy) throw new HearthError('bad_request', 'one step of a conversation at a time')
    caches.set(sequence, cache)
    cache.busy = true
    const inputs = new Map<string, Value>()
    try {
      for (const name of shard.inputs) inputs.set(name, inputFor(name, cache, step, count))
      const outputs = await program.run(inputs)
      const values = [...outputs].filter(([name]) => name.startsWith('present.'))
      cache.values = new Map(values.map(([name, value]) => [name.replace('present.', 'past_key_values.'), value]))
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
      forget(sequence)
      throw error
    } finally {
      for (const value of inputs.values()) value.dispose()
      cache.busy = false
      if (cache.gone) dispose(cache)
    }
  }

  /** Runs without changing anything: what comes out is laid where `take` says. */
  async function runTogether(singles: readonly Single[]) {
    const lengths = singles.map(({ position }) => position)
    const [count, longest] = [singles.length, Math.max(...lengths)]
    const pasts = singles.map(({ sequence }) => caches.get(sequence)?.values ?? new Map<string, Value>())
    const inputs = new Map<string, Value>()
    try {
      for (const name of shard.inputs) inputs.set(name, await inputTogether(name))
      const outputs = await program.run(inputs)
      const main = outputs.get(HIDDEN_OUT)
      if (!main) throw new HearthError('internal_error', 'a shard without its output')
      const rows = floatsOf(await main.read()).slice()
      const left = new Map<string, Numbers>()
      for (const [name, value] of outputs) if (name.startsWith('present.')) left.set(name, await value.read())
      for (const value of outputs.values()) value.dispose()
      const width = shape.hiddenSize
      return singles.map(({ position }, at) => ({
        row: rows.slice(at * width, (at + 1) * width),
        cache: new Map(
          [...left].map(([name, all]): [string, Numbers] => [
            name.replace('present.', 'past_key_values.'),
            unstacked(all, at, position + 1, longest + 1, heads),
          ]),
        ),
      }))
    } finally {
      for (const value of inputs.values()) value.dispose()
    }

    async function inputTogether(name: string): Promise<Value> {
      if (name === HIDDEN_IN) {
        const hidden = new Float32Array(count * shape.hiddenSize)
        for (const [at, single] of singles.entries()) hidden.set(single.hidden, at * shape.hiddenSize)
        return backend.value(shape.element, [count, 1, shape.hiddenSize], wide ? hidden : halvesOf(hidden))
      }
      if (name === 'input_ids') return ints([count, 1], Array(count).fill(0))
      if (name === 'position_ids') return ints([count, 1], lengths)
      if (name === 'attention_mask') {
        const seen = lengths.flatMap((length) => Array.from({ length: longest + 1 }, (_, at) => (at <= length ? 1 : 0)))
        return ints([count, longest + 1], seen)
      }
      if (name.startsWith('lora.')) return branch(name)
      const values = pasts.flatMap((past) => past.get(name) ?? [])
      if (values.length < count) throw new HearthError('not_found', 'the cache of a conversation is gone')
      const numbers = await Promise.all(values.map((value) => value.read()))
      return backend.value(shape.cacheElement, [count, heads.heads, longest, heads.size], stacked(numbers, lengths, heads))
    }
  }

  /** The first time all of it is computed one by one as well: another exporter may have meant its masks otherwise. */
  async function proveTogether(singles: readonly Single[]): Promise<readonly Outcome[]> {
    const together = await runTogether(singles).catch(() => null)
    const alone: Outcome[] = []
    for (const { sequence, position, hidden } of singles)
      alone.push(await forward(sequence, position, { kind: 'hidden', hidden }))
    proven = together !== null
    for (const [at, { sequence }] of singles.entries()) {
      const { row, cache } = together?.[at] ?? { row: null, cache: new Map<string, Numbers>() }
      proven &&= row !== null && isSame(row, alone[at]?.data)
      for (const [name, value] of caches.get(sequence)?.values ?? []) proven &&= isSame(cache.get(name), await value.read())
    }
    joins = proven
    return alone
  }

  async function forwardTogether(singles: readonly Single[]): Promise<readonly Outcome[]> {
    if (!proven) return proveTogether(singles)
    const found = singles.flatMap(({ sequence }) => caches.get(sequence) ?? [])
    for (const cache of found) cache.busy = true
    try {
      const outcomes = await runTogether(singles)
      return outcomes.map(({ row, cache: left }, at): Outcome => {
        const cache = found[at]
        if (cache) {
          for (const value of cache.values.values()) value.dispose()
          const dims = [1, heads.heads, cache.tokens + 1, heads.size]
          cache.values = new Map([...left].map(([name, numbers]) => [name, backend.value(shape.cacheElement, dims, numbers)]))
          cache.tokens += 1
        }
        return { kind: 'hidden', data: row, tokens: 1 }
      })
    } catch (error) {
      for (const { sequence } of singles) forget(sequence)
      throw error
    } finally {
      for (const cache of found) {
        cache.busy = false
        if (cache.gone) dispose(cache)
      }
    }
  }

  const dispose = (cache: Cache): void => {
    for (const value of cache.values.values()) value.dispose()
    cache.values = new Map()
  }

  function forget(sequence: string): void {
    const cache = caches.get(sequence)
    if (!cache) return
    caches.delete(sequence)
    cache.gone = true
    if (!cache.busy) dispose(cache)
  }

  return {
    forward,
    get joins() {
      return joins
    },
    forwardTogether,
    forget,
    sequences: caches,
    get cacheBytes() {
      return [...caches.values()].reduce((sum, { tokens }) => sum + tokens * perToken, 0)
    },
    async release() {
      for (const sequence of [...caches.keys()]) forget(sequence)
      await program.release()
    },
  }
}

const isSame = (one: Numbers | undefined, other: Numbers | undefined): boolean =>
  one !== undefined && one.length === other?.length && one.every((value, at) => Object.is(value, other[at]))

function floatsOf(numbers: Numbers): Float32Array {
  if (numbers instanceof Float32Array) return numbers
  if (numbers instanceof Uint16Array) return fromHalves(numbers)
  throw new HearthError('internal_error', 'a stream of whole numbers')
}
