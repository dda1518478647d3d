import { HearthError } from '#protocol/core/errors.ts'
import { HIDDEN_IN, HIDDEN_OUT } from '../cut/analyse.ts'
import type { Shard } from '../cut/cut.ts'
import { ELEMENT } from '../onnx/model.ts'
import { type Backend, floatsOf, type Numbers, type Program, type Value } from './backend.ts'
import { type Cache, type Caches, pastOf } from './caches.ts'
import type { Inputs } from './inputs.ts'
import type { ModelShape } from './shape.ts'
import type { Outcome, Single, Step } from './shard-runner.ts'
import { stacked, unstacked } from './stacking.ts'

/** Takes the next tokens of several conversations through a shard in one run. */
export interface Together {
  /** Whether they may: where that was tried once and gave the same to the bit. */
  readonly allowed: boolean
  /** As `ShardRunner.forwardTogether`. */
  run(singles: readonly Single[]): Promise<readonly Came[]>
}

/** What came of one of them. */
type Came = PromiseSettledResult<Outcome>

interface TogetherDeps {
  readonly backend: Backend
  readonly program: Program
  readonly shard: Pick<Shard, 'inputs' | 'outputs'>
  readonly shape: ModelShape
  readonly inputs: Inputs
  readonly caches: Caches
  /** Whether the model's operators look at each conversation by itself, however long it is (`isRowwise`). */
  readonly rowwise: boolean
  /** A step of one conversation alone. */
  readonly alone: (sequence: string, position: number, step: Step) => Promise<Outcome>
}

/** What a run made of one of them: its residual stream, and its cache by the names of the shard's inputs. */
interface Row {
  readonly hidden: Float32Array<ArrayBuffer>
  readonly cache: ReadonlyMap<string, Numbers>
}

export function createTogether(deps: TogetherDeps): Together {
  const { backend, program, shard, shape, inputs, caches, alone } = deps
  const heads = { heads: shape.kvHeads, size: shape.headSize }
  // on a card the caches would have to come to the processor and go back
  const possible = deps.rowwise && backend.kind !== 'webgpu'
  let allowed = possible && shard.inputs.includes(HIDDEN_IN) && !shard.outputs.includes('logits')
  let proven = false

  async function inputFor(name: string, singles: readonly Single[]): Promise<Value> {
    const lengths = singles.map(({ position }) => position)
    const [count, longest] = [singles.length, Math.max(...lengths)]
    if (name === HIDDEN_IN) {
      const rows = new Float32Array(count * shape.hiddenSize)
      for (const [at, { hidden }] of singles.entries()) rows.set(hidden, at * shape.hiddenSize)
      return inputs.hidden(count, 1, rows)
    }
    if (name === 'input_ids') return inputs.ints([count, 1], Array(count).fill(0))
    if (name === 'position_ids') return inputs.ints([count, 1], lengths)
    if (name === 'attention_mask') {
      const seen = lengths.flatMap((length) => Array.from({ length: longest + 1 }, (_, at) => (at <= length ? 1 : 0)))
      return inputs.ints([count, longest + 1], seen)
    }
    if (name.startsWith('lora.')) return inputs.branch(name)
    const values = singles.flatMap(({ sequence }) => caches.all.get(sequence)?.values.get(name) ?? [])
    if (values.length < count) throw new HearthError('not_found', 'the cache of a conversation is gone')
    const numbers = await Promise.all(values.map((value) => value.read()))
    return backend.value(ELEMENT.float32, [count, heads.heads, longest, heads.size], stacked(numbers, lengths, heads))
  }

  /** Runs without changing a cache. Whoever is forgotten meanwhile keeps its own until the end. */
  async function compute(singles: readonly Single[]): Promise<readonly Row[]> {
    const longest = Math.max(...singles.map(({ position }) => position))
    const used = singles.flatMap(({ sequence }) => caches.all.get(sequence) ?? [])
    for (const cache of used) cache.busy = true
    const given = new Map<string, Value>()
    try {
      for (const name of shard.inputs) given.set(name, await inputFor(name, singles))
      const outputs = await program.run(given)
      const main = outputs.get(HIDDEN_OUT)
      if (!main) throw new HearthError('internal_error', 'a shard without its output')
      const rows = floatsOf(await main.read()).slice()
      const left = new Map<string, Numbers>()
      for (const [name, value] of outputs) if (name.startsWith('present.')) left.set(pastOf(name), await value.read())
      for (const value of outputs.values()) value.dispose()
      return singles.map(({ position }, at) => ({
        hidden: rows.slice(at * shape.hiddenSize, (at + 1) * shape.hiddenSize),
        cache: new Map([...left].map(([name, all]) => [name, unstacked(all, at, position + 1, longest + 1, heads)])),
      }))
    } finally {
      for (const value of given.values()) value.dispose()
      caches.release(used)
    }
  }

  async function isWhatCame(row: Row | undefined, { sequence }: Single, outcome: Outcome): Promise<boolean> {
    if (!isSame(row?.hidden, outcome.data)) return false
    for (const [name, value] of caches.all.get(sequence)?.values ?? [])
      if (!isSame(row?.cache.get(name), await value.read())) return false
    return true
  }

  /** The first time all of it is computed one by one as well: another exporter may have meant its masks otherwise. */
  async function prove(singles: readonly Single[]): Promise<readonly Came[]> {
    const rows = await compute(singles).catch(() => [])
    const all: Came[] = []
    allowed = rows.length > 0
    for (const [at, single] of singles.entries()) {
      const { sequence, position, hidden } = single
      const [came] = await Promise.allSettled([alone(sequence, position, { kind: 'hidden', hidden })])
      all.push(came)
      // who was forgotten meanwhile proves nothing
      if (came.status === 'fulfilled') allowed &&= await isWhatCame(rows[at], single, came.value)
    }
    proven = allowed
    return all
  }

  async function run(singles: readonly Single[]): Promise<readonly Came[]> {
    if (!proven) return prove(singles)
    try {
      const rows = await compute(singles)
      return singles.map(({ sequence }, at) => {
        const [cache, row] = [caches.all.get(sequence), rows[at]]
        if (!row) throw new HearthError('internal_error', 'a row is missing')
        if (cache) goOn(cache, row)
        return { status: 'fulfilled', value: { kind: 'hidden', data: row.hidden, tokens: 1 } }
      })
    } catch (error) {
      // what a failed run left behind is no cache to go on from
      for (const { sequence } of singles) caches.forget(sequence)
      throw error
    }
  }

  function goOn(cache: Cache, row: Row): void {
    for (const value of cache.values.values()) value.dispose()
    const dims = [1, heads.heads, cache.tokens + 1, heads.size]
    cache.values = new Map([...row.cache].map(([name, numbers]) => [name, backend.value(ELEMENT.float32, dims, numbers)]))
    cache.tokens += 1
  }

  return {
    get allowed() {
      return allowed
    },
    run,
  }
}

const isSame = (one: Numbers | undefined, other: Numbers | undefined): boolean =>
  one !== undefined && one.length === other?.length && one.every((value, at) => Object.is(value, other[at]))
