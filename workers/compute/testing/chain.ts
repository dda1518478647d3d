import { type CutOptions, cut } from '../cut/cut.ts'
import type { Span } from '../cut/span.ts'
import { assemble } from '../cut/weights.ts'
import type { Backend } from '../engine/backend.ts'
import { shapeOf } from '../engine/shape.ts'
import { type Adapter, createShardRunner, type Outcome, type ShardRunner, type Step } from '../engine/shard-runner.ts'
import type { TestModel } from './test-model.ts'

export async function runnerFor(
  backend: Backend,
  model: TestModel,
  span: Span,
  options: CutOptions = {},
  adapter?: Adapter,
): Promise<ShardRunner> {
  const shard = cut(model.decoder, span, options)
  const keep = shard.outputs.filter((name) => name.startsWith('present.'))
  const program = await backend.load(shard.graph, await assemble(shard, model.read), { keep })
  const shape = shapeOf(model.decoder, model.config)
  return createShardRunner({ backend, program, shard, shape, ...(adapter && { adapter }) })
}

/** What a chain of shards says, greedily. */
export interface Said {
  readonly tokens: readonly number[]
  /** Of the last token, for each step. */
  readonly logits: readonly Float32Array[]
}

/** @param hop what happens to the residual stream between two shards */
export async function generate(
  chain: readonly ShardRunner[],
  prompt: readonly number[],
  count: number,
  hop: (hidden: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer> = (hidden) => hidden,
): Promise<Said> {
  const tokens: number[] = []
  const logits: Float32Array[] = []
  let input: readonly number[] = prompt
  let position = 0
  while (tokens.length < count) {
    const last = await through(chain, 'a', position, { kind: 'tokens', tokens: input }, hop)
    position += input.length
    logits.push(last.data)
    const token = last.data.indexOf(Math.max(...last.data))
    tokens.push(token)
    input = [token]
  }
  for (const runner of chain) runner.forget('a')
  return { tokens, logits }
}

async function through(
  chain: readonly ShardRunner[],
  sequence: string,
  position: number,
  step: Step,
  hop: (hidden: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer> = (hidden) => hidden,
): Promise<Outcome> {
  let input = step
  for (const runner of chain) {
    const outcome = await runner.forward(sequence, position, input)
    if (outcome.kind === 'logits') return outcome
    input = { kind: 'hidden', hidden: hop(outcome.data) }
  }
  throw new Error('a chain without a head')
}

/** The largest difference between two runs' logits, over as many steps as both have. */
export function furthest(a: Said, b: Said): number {
  let most = 0
  for (const [step, row] of a.logits.entries())
    for (const [index, value] of row.entries()) most = Math.max(most, Math.abs(value - (b.logits[step]?.[index] ?? Number.NaN)))
  return most
}
