import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from '../cut/analyse.ts'
import { type CutOptions, cut, type Shard } from '../cut/cut.ts'
import { nameOf, type Span } from '../cut/span.ts'
import { assemble, type ReadRange } from '../cut/weights.ts'
import { isRowwise, isStepwise } from '../pipeline/stepwise.ts'
import type { Backend, BackendKind } from './backend.ts'
import { createMemory, type Entry, forgetIn } from './memory.ts'
import { cacheBytesPerToken, type ModelShape } from './shape.ts'
import { createShardRunner, type Outcome, type Single, type Step } from './shard-runner.ts'
import { joined, slicesOf, tokensOf } from './slices.ts'
import { createFairTurns } from './turns.ts'
import { createWaitingRoom, type Waiting } from './waiting-room.ts'

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

/** Conversations whose tokens go through in one run, at most: caches are copied for it. */
const TOGETHER = 8

/** A mean over about so many: the first ones compile what later ones only run. */
const STEPS_REMEMBERED = 16

/** Memory beside the weights themselves, measured: 179 MB of weights took 275 MB with WebAssembly, 200 with WebGPU. */
const OVERHEAD = { wasm: 1.55, webgpu: 1.15, reference: 1 } as const

/** @throws HearthError `not_implemented` where nothing here computes */
export async function createEngine(deps: EngineDeps, options: EngineOptions): Promise<Engine> {
  const { monotonic } = deps
  const fairly = createFairTurns()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => fairly('', task)
  const memory = createMemory(options.budgetBytes)
  const { loaded } = memory
  const waiting = createWaitingRoom()
  let backend = (await deps.open('webgpu')) ?? (await openWasm(deps))
  let closed = false
  watch(backend)

  /** A card that is lost takes all caches with it; shards come back on the processor, conversations are replayed (DLM-8). */
  function watch(current: Backend): void {
    current.lost?.then(() =>
      inTurn(async () => {
        if (closed || backend !== current) return
        const had = memory.takeAll()
        // the card is gone, and what frees its memory may say so; what lies beside it is freed all the same
        for (const { runner } of had) await runner.release().catch(() => undefined)
        backend = await openWasm(deps)
        watch(backend)
        for (const { model, shard, keep } of had) if (bytesOf(shard) <= memory.freeBytes) await bring(model, shard, keep)
      }),
    )
  }

  const bytesOf = (shard: Shard): number => Math.ceil(shard.weightsBytes * OVERHEAD[backend.kind]) + shard.graph.length

  async function bring(model: OpenModel, shard: Shard, stays: boolean): Promise<void> {
    const keep = shard.outputs.filter((name) => name.startsWith('present.'))
    const program = await backend.load(shard.graph, await assemble(shard, model.read), { keep })
    const runner = createShardRunner({
      ...{ backend, program, shard, shape: model.shape },
      rowwise: isRowwise(model.decoder),
    })
    const perToken = cacheBytesPerToken(model.shape, shard.span.end - shard.span.first)
    const bytes = bytesOf(shard)
    memory.add(idOf(model, shard.span), {
      ...{ model, shard, runner, bytes, perToken, keep: stays },
      sequences: new Map(),
      usedAt: monotonic(),
      pace: { steps: 0, ms: 0, ofSeveral: null },
    })
  }

  /** The next token of a conversation that is here, and as long as the step says; null for any other step. */
  function singleOf({ sequence, position, step }: Waiting, { runner, model }: Entry): Single | null {
    if (step.kind !== 'hidden' || step.hidden.length !== model.shape.hiddenSize) return null
    const goesOn = position > 0 && runner.sequences.get(sequence)?.tokens === position
    return goesOn ? { sequence, position, hidden: step.hidden } : null
  }

  /** The steps that go in one run with this one, itself the first: next tokens of several conversations, as far as there is room. */
  function companyOf(one: Waiting, entry: Entry): readonly (readonly [Waiting, Single])[] {
    const own = singleOf(one, entry)
    if (!own || !entry.runner.joins) return []
    const others = waiting.companionsOf(one).flatMap((other) => {
      const single = singleOf(other, entry)
      return single ? [[other, single] as const] : []
    })
    const room = Math.floor(memory.freeBytes / entry.perToken)
    return [[one, own] as const, ...others].slice(0, Math.min(TOGETHER, room))
  }

  /** A conversation whose step failed has no cache any more. */
  function forgetFailed(entry: Entry, sequence: string): void {
    if (!entry.runner.sequences.has(sequence)) entry.sequences.delete(sequence)
  }

  async function runTogether(company: readonly (readonly [Waiting, Single])[], entry: Entry): Promise<Outcome> {
    const outcomes = entry.runner.forwardTogether(company.map(([, single]) => single))
    const [first] = company.map(([asked], at) => {
      entry.sequences.set(asked.sequence, entry.usedAt)
      const outcome = outcomes.then((all) => {
        const own = all[at]
        if (own?.status === 'fulfilled') return own.value
        throw own?.reason ?? new HearthError('internal_error', 'a step without an outcome')
      })
      // whoever went along may have been given up meanwhile, and nobody asks what came of it
      outcome.catch(() => forgetFailed(entry, asked.sequence))
      waiting.goAlong(asked, outcome)
      return outcome
    })
    if (!first) throw new HearthError('internal_error', 'a run of nobody')
    return first
  }

  async function runAlone({ sequence, position, step }: Waiting, entry: Entry): Promise<Outcome> {
    const begun = monotonic()
    entry.sequences.set(sequence, begun)
    try {
      const outcome = await entry.runner.forward(sequence, position, step)
      const { pace } = entry
      const [count, ms] = [outcome.tokens, monotonic() - begun]
      if (count === 1) {
        pace.steps = Math.min(pace.steps + 1, STEPS_REMEMBERED)
        pace.ms += (ms - pace.ms) / pace.steps
      } else pace.ofSeveral = ((pace.ofSeveral ?? ms / count) * 3 + ms / count) / 4
      return outcome
    } catch (error) {
      forgetFailed(entry, sequence)
      throw error
    }
  }

  async function run(one: Waiting): Promise<Outcome> {
    const went = waiting.wentAlong(one)
    if (went) return went
    if (!waiting.has(one)) throw forgotten()
    const { shard: id, sequence, room } = one
    const entry = loaded.get(id)
    if (!entry) throw new HearthError('not_found', `${id} is not loaded`)
    if (!(await memory.makeRoom(room * entry.perToken, { shard: id, sequence })))
      throw new HearthError('capacity_exceeded', 'this conversation has become too long for the memory set aside')
    await deps.breathe()
    if (!waiting.leave(one)) throw forgotten()
    entry.usedAt = monotonic()
    const company = companyOf(one, entry)
    return company.length > 1 ? runTogether(company, entry) : runAlone(one, entry)
  }

  /** A long step goes in slices, between which others have their turn and a stop is heard; in one where that would change what it says. */
  function waitingFor(asked: Omit<Waiting, 'room'>): readonly Waiting[] {
    const entry = loaded.get(asked.shard)
    const count = tokensOf(asked.step, entry?.model.shape.hiddenSize ?? 1)
    // on a card nobody waits for a run that is under way, and its kernels have no rows in common
    const whole =
      !entry || !Number.isInteger(count) || count < 2 || backend.kind === 'webgpu' || isStepwise(entry.model.decoder)
    return whole ? [{ ...asked, room: count }] : slicesOf(asked, entry.model.shape.hiddenSize, entry.pace.ofSeveral)
  }

  async function forward(slices: readonly Waiting[]): Promise<Outcome> {
    for (const one of slices) waiting.enter(one)
    // after the first that fails the others find no conversation to go on with
    return joined(
      await Promise.allSettled(slices.map((one) => fairly(one.sequence, () => run(one).finally(() => waiting.leave(one))))),
    )
  }

  let stopSweeping = deps.after(options.idleMs, sweepAgain)
  function sweepAgain(): void {
    stopSweeping = deps.after(options.idleMs / 2, sweepAgain)
    void inTurn(() => memory.sweep(monotonic() - options.idleMs))
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
        const { budgetBytes } = memory
        if (needed > budgetBytes || !(await memory.makeRoom(needed)))
          throw new HearthError('capacity_exceeded', `${id} needs more memory than is set aside`, {
            data: { needed_bytes: needed, budget_bytes: budgetBytes },
          })
        await bring(model, shard, keep)
        return id
      }),
    forward: (shard, sequence, position, step) => forward(waitingFor({ shard, sequence, position, step })),
    // at once, not in turn: a person who stops an answer does not wait for the step under way (DLM-10)
    forget: (shard, sequence) => {
      // a step that waits for its turn would otherwise begin the conversation anew, and nobody would end it
      waiting.withdraw(shard, sequence)
      const entry = loaded.get(shard)
      if (entry) forgetIn(entry, sequence)
    },
    unload: (id) => inTurn(() => memory.drop(id)),
    setBudget: (bytes) => inTurn(() => memory.setBudget(bytes)),
    status: () => ({
      backend: backend.kind,
      budgetBytes: memory.budgetBytes,
      shards: [...loaded].map(([id, { model, shard, runner, bytes, perToken, sequences, pace }]) => ({
        id,
        model: model.id,
        span: shard.span,
        bytes,
        cacheBytes: runner.cacheBytes,
        sequences: sequences.size,
        cacheBytesPerToken: perToken,
        msPerToken: pace.steps === 0 ? null : pace.ms,
      })),
    }),
    close: () =>
      inTurn(async () => {
        closed = true
        stopSweeping()
        for (const id of [...loaded.keys()]) await memory.drop(id)
      }),
  }
}

const forgotten = (): HearthError => new HearthError('pipeline_cancelled', 'the conversation was forgotten')

async function openWasm({ open }: EngineDeps): Promise<Backend> {
  const backend = await open('wasm')
  if (!backend) throw new HearthError('not_implemented', 'nothing on this device computes')
  return backend
}

/** As in a shard's id: `model:3-5`. */
const idOf = ({ id }: OpenModel, span: Span): string => `${id}:${nameOf(span)}`
