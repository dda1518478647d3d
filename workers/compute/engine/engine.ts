import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from '../cut/analyse.ts'
import { type CutOptions, cut, type Shard } from '../cut/cut.ts'
import { nameOf, type Span } from '../cut/span.ts'
import { assemble, type ReadRange } from '../cut/weights.ts'
import { isRowwise } from '../pipeline/stepwise.ts'
import type { Backend, BackendKind } from './backend.ts'
import {
  cacheBytesPerToken,
  createShardRunner,
  type ModelShape,
  type Outcome,
  type ShardRunner,
  type Single,
  type Step,
} from './shard-runner.ts'
import { createFairTurns } from './turns.ts'

/** A model whose files are at hand. */
export interface OpenModel {
  readonly id: string
  readonly decoder: Decoder
  readonly shape: ModelShape
  readonly read: ReadRange
}

/** What an engine has loaded. */
export interface LoadedShard {
  readonly id: string
  readonly model: string
  readonly span: Span
  /** Of the processor's or the graphics card's memory. */
  readonly bytes: number
  readonly cacheBytes: number
  readonly sequences: number
  /** Of one token of one conversation. */
  readonly cacheBytesPerToken: number
  /** Measured over the newest steps of one token; null before the first. */
  readonly msPerToken: number | null
}

interface LoadOptions extends CutOptions {
  /** Stays when it rests. */
  readonly keep?: boolean
}

export interface EngineStatus {
  readonly backend: BackendKind
  readonly budgetBytes: number
  readonly shards: readonly LoadedShard[]
}

/** Loads shards and runs them, one step at a time, within a budget of memory. */
export interface Engine {
  /**
   * Loads the shard, or finds it loaded. Idle shards and then idle conversations make room, the longest unused first.
   * @throws HearthError `capacity_exceeded`, before a byte of weights is read, for what does not fit
   */
  load(model: OpenModel, span: Span, options?: LoadOptions): Promise<string>
  /**
   * One step of a sequence, as `ShardRunner.forward`; sequences take turns, and single tokens that wait for one shard go in one run where they can.
   * @throws HearthError `not_found` for a shard that is not loaded, `pipeline_cancelled` where it was forgotten before its turn
   */
  forward(shard: string, sequence: string, position: number, step: Step): Promise<Outcome>
  forget(shard: string, sequence: string): void
  unload(shard: string): Promise<void>
  /** Takes effect at once: idle shards, idle conversations and then shards in use go, the longest unused first. */
  setBudget(bytes: number): Promise<void>
  status(): EngineStatus
  close(): Promise<void>
}

interface EngineDeps {
  /** @returns null where this kind is not there */
  readonly open: (kind: 'webgpu' | 'wasm') => Promise<Backend | null>
  readonly monotonic: () => number
  readonly after: (ms: number, task: () => void) => () => void
  /** Lets messages in that wait outside: without it a worker that computes hears nobody who wants it to stop (DLM-10). */
  readonly breathe: () => Promise<void>
}

interface EngineOptions {
  readonly budgetBytes: number
  /** A conversation that rests for so long loses its cache, a shard without any is unloaded (DLM-8). */
  readonly idleMs: number
}

/** A mean over about so many: the first ones compile what later ones only run. */
const STEPS_REMEMBERED = 16

interface Entry {
  readonly model: OpenModel
  readonly shard: Shard
  readonly runner: ShardRunner
  readonly bytes: number
  readonly perToken: number
  readonly sequences: Map<string, number>
  keep: boolean
  usedAt: number
  steps: number
  ms: number
}

/** Conversations whose tokens go through in one run, at most: caches are copied for it. */
const TOGETHER = 8

/** A step that waits for its turn; where it went with another one's, what came of it. */
interface Request {
  readonly id: string
  readonly sequence: string
  readonly position: number
  readonly step: Step
  went: Promise<Outcome> | null
}

/** Memory beside the weights themselves, measured: 179 MB of weights took 275 MB with WebAssembly, 200 with WebGPU. */
const OVERHEAD = { wasm: 1.55, webgpu: 1.15, reference: 1 } as const

/** @throws HearthError `not_implemented` where nothing here computes */
export async function createEngine(deps: EngineDeps, options: EngineOptions): Promise<Engine> {
  const { monotonic } = deps
  const fairly = createFairTurns()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => fairly('', task)
  const loaded = new Map<string, Entry>()
  /** Those that wait for their turn. */
  const requests = new Set<Request>()
  let { budgetBytes } = options
  let backend = (await deps.open('webgpu')) ?? (await openWasm(deps))
  let closed = false
  watch(backend)

  /** A card that is lost takes all caches with it; shards come back on the processor, conversations are replayed (DLM-8). */
  function watch(current: Backend): void {
    current.lost?.then(() =>
      inTurn(async () => {
        if (closed || backend !== current) return
        const had = [...loaded.values()]
        loaded.clear()
        // the card is gone, and what frees its memory may say so; what lies beside it is freed all the same
        for (const { runner } of had) await runner.release().catch(() => undefined)
        backend = await openWasm(deps)
        watch(backend)
        for (const { model, shard, keep } of had) if (fits(shard)) await bring(model, shard, keep)
      }),
    )
  }

  const used = (): number => [...loaded.values()].reduce((sum, { bytes, runner }) => sum + bytes + runner.cacheBytes, 0)
  const bytesOf = (shard: Shard): number => Math.ceil(shard.weightsBytes * OVERHEAD[backend.kind]) + shard.graph.length
  const fits = (shard: Shard): boolean => used() + bytesOf(shard) <= budgetBytes

  async function bring(model: OpenModel, shard: Shard, stays: boolean): Promise<void> {
    const keep = shard.outputs.filter((name) => name.startsWith('present.'))
    const program = await backend.load(shard.graph, await assemble(shard, model.read), { keep })
    const runner = createShardRunner({
      ...{ backend, program, shard, shape: model.shape },
      rowwise: isRowwise(model.decoder),
    })
    const perToken = cacheBytesPerToken(model.shape, shard.span.end - shard.span.first)
    const entry = {
      model,
      shard,
      runner,
      bytes: bytesOf(shard),
      perToken,
      sequences: new Map(),
      keep: stays,
      usedAt: monotonic(),
      steps: 0,
      ms: 0,
    }
    loaded.set(idOf(model, shard.span), entry)
  }

  async function drop(id: string): Promise<void> {
    const entry = loaded.get(id)
    loaded.delete(id)
    await entry?.runner.release()
  }

  /** The next token of a conversation that is here, and as long as the step says; null for any other step. */
  function singleOf({ sequence, position, step }: Request, { runner, model }: Entry): Single | null {
    if (step.kind !== 'hidden' || step.hidden.length !== model.shape.hiddenSize) return null
    return position > 0 && runner.sequences.get(sequence)?.tokens === position
      ? { sequence, position, hidden: step.hidden }
      : null
  }

  /** What goes with a step in one run: the next tokens of other conversations that wait for the same shard, as far as there is room. */
  function companionsOf(request: Request, entry: Entry): readonly Request[] {
    if (!entry.runner.joins || !singleOf(request, entry)) return []
    const room = Math.floor((budgetBytes - used()) / Math.max(1, entry.perToken))
    return [...requests]
      .filter((other) => other.id === request.id && singleOf(other, entry) !== null)
      .filter(
        ({ sequence }, at, all) => sequence !== request.sequence && all.findIndex((one) => one.sequence === sequence) === at,
      )
      .slice(0, Math.max(0, Math.min(TOGETHER, room) - 1))
  }

  /** Takes steps through in one run. What came of the others is told them when it is their turn. @returns what came of the first */
  async function runTogether(all: readonly Request[], entry: Entry): Promise<Outcome | undefined> {
    for (const { sequence } of all) entry.sequences.set(sequence, monotonic())
    const outcomes = entry.runner.forwardTogether(all.flatMap((request) => singleOf(request, entry) ?? []))
    for (const [at, request] of all.entries()) {
      requests.delete(request)
      request.went = outcomes.then((list) => {
        const outcome = list[at]
        if (!outcome) throw new HearthError('internal_error', 'a step without an outcome')
        return outcome
      })
      request.went.catch(() => {
        if (!entry.runner.sequences.has(request.sequence)) entry.sequences.delete(request.sequence)
      })
    }
    return (await outcomes)[0]
  }

  /** Frees `bytes`, the longest unused first: shards without conversations, then conversations. @returns whether it could */
  async function makeRoom(bytes: number, keep: { readonly shard?: string; readonly sequence?: string }): Promise<boolean> {
    const enough = (): boolean => used() + bytes <= budgetBytes
    const oldest = [...loaded].sort(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [id, entry] of oldest) if (!enough() && id !== keep.shard && entry.sequences.size === 0) await drop(id)
    const resting = oldest
      .flatMap(([, entry]) => [...entry.sequences].map(([sequence, at]) => ({ entry, sequence, at })))
      .filter(({ sequence }) => sequence !== keep.sequence)
      .sort((a, b) => a.at - b.at)
    for (const { entry, sequence } of resting) if (!enough()) forgetIn(entry, sequence)
    return enough()
  }

  function forgetIn(entry: Entry, sequence: string): void {
    entry.sequences.delete(sequence)
    entry.runner.forget(sequence)
  }

  async function sweep(): Promise<void> {
    const before = monotonic() - options.idleMs
    for (const [id, entry] of [...loaded]) {
      for (const [sequence, at] of [...entry.sequences]) if (at <= before) forgetIn(entry, sequence)
      if (entry.sequences.size === 0 && entry.usedAt <= before && !entry.keep) await drop(id)
    }
  }
  let stopSweeping = deps.after(options.idleMs, sweepAgain)
  function sweepAgain(): void {
    stopSweeping = deps.after(options.idleMs / 2, sweepAgain)
    void inTurn(sweep)
  }

  return {
    load: (model, span, { keep = false, ...cutOptions } = {}) =>
      inTurn(async () => {
        const id = idOf(model, span)
        const known = loaded.get(id)
        if (known) {
          known.usedAt = monotonic()
          known.keep ||= keep
          return id
        }
        const shard = cut(model.decoder, span, cutOptions)
        const needed = bytesOf(shard)
        if (needed > budgetBytes || !(await makeRoom(needed, {})))
          throw new HearthError('capacity_exceeded', `${id} needs more memory than is set aside`, {
            data: { needed_bytes: needed, budget_bytes: budgetBytes },
          })
        await bring(model, shard, keep)
        return id
      }),
    forward: (id, sequence, position, step) => {
      const request: Request = { id, sequence, position, step, went: null }
      requests.add(request)
      return fairly(sequence, async () => {
        if (request.went) return request.went
        if (!requests.delete(request)) throw new HearthError('pipeline_cancelled', 'the conversation was forgotten')
        const entry = loaded.get(id)
        if (!entry) throw new HearthError('not_found', `${id} is not loaded`)
        const count = step.kind === 'tokens' ? step.tokens.length : step.hidden.length / entry.model.shape.hiddenSize
        if (!(await makeRoom(count * entry.perToken, { shard: id, sequence })))
          throw new HearthError('capacity_exceeded', 'this conversation has become too long for the memory set aside')
        await deps.breathe()
        const start = monotonic()
        entry.usedAt = start
        const others = companionsOf(request, entry)
        const together = others.length > 0 ? await runTogether([request, ...others], entry) : undefined
        if (together) return together
        entry.sequences.set(sequence, start)
        try {
          const outcome = await entry.runner.forward(sequence, position, step)
          if (count === 1) {
            entry.steps = Math.min(entry.steps + 1, STEPS_REMEMBERED)
            entry.ms += (monotonic() - start - entry.ms) / entry.steps
          }
          return outcome
        } catch (error) {
          if (!entry.runner.sequences.has(sequence)) entry.sequences.delete(sequence)
          throw error
        }
      })
    },
    // at once, not in turn: a person who stops an answer does not wait for the step under way (DLM-10)
    forget: (id, sequence) => {
      // a step that waits for its turn would otherwise begin the conversation anew, and nobody would end it
      for (const request of requests) if (request.id === id && request.sequence === sequence) requests.delete(request)
      const entry = loaded.get(id)
      if (entry) forgetIn(entry, sequence)
    },
    unload: (id) => inTurn(() => drop(id)),
    setBudget: (bytes) =>
      inTurn(async () => {
        budgetBytes = bytes
        if (await makeRoom(0, {})) return
        for (const [id] of [...loaded].sort(([, a], [, b]) => a.usedAt - b.usedAt)) if (used() > bytes) await drop(id)
      }),
    status: () => ({
      backend: backend.kind,
      budgetBytes,
      shards: [...loaded].map(([id, { model, shard, runner, bytes, perToken, sequences, steps, ms }]) => ({
        id,
        model: model.id,
        span: shard.span,
        bytes,
        cacheBytes: runner.cacheBytes,
        sequences: sequences.size,
        cacheBytesPerToken: perToken,
        msPerToken: steps === 0 ? null : ms,
      })),
    }),
    close: () =>
      inTurn(async () => {
        closed = true
        stopSweeping()
        for (const id of [...loaded.keys()]) await drop(id)
      }),
  }
}

async function openWasm({ open }: EngineDeps): Promise<Backend> {
  const backend = await open('wasm')
  if (!backend) throw new HearthError('not_implemented', 'nothing on this device computes')
  return backend
}

/** As in a shard's id: `model:3-5`. */
const idOf = ({ id }: OpenModel, span: Span): string => `${id}:${nameOf(span)}`
