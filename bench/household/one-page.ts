import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { type ComputeClient, createComputeClient } from '../../workers/compute/client.ts'
import type { Hops } from '../../workers/compute/port.ts'
import { GREEDY } from '../../workers/compute/text/sampler.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'

/** One who asks, and a compute worker for each shard. */
interface Workers {
  readonly asking: ComputeClient
  readonly shards: readonly ComputeClient[]
}

const kept = new Map<string, Workers>()
let conversations = 0

function workersFor(key: string, count: number): Workers {
  const known = kept.get(key)
  if (known) return known
  const runtime = createRealRuntime()
  const workers = {
    asking: createComputeClient(runtime),
    shards: Array.from({ length: count }, () => createComputeClient(runtime)),
  }
  kept.set(key, workers)
  return workers
}

/**
 * The same answer by shards in compute workers of this one page, hidden states going from one to the other without a network. The
 * workers stay for the next question.
 * @returns as `ask`
 */
export async function askInOnePage(model: string, parts: readonly Layers[], question: string, tokens: number) {
  const { asking, shards } = workersFor(`${model} ${JSON.stringify(parts)}`, parts.length)
  const sequence = `conversation-${conversations++}`
  const rangeOf = ({ from, to }: Layers) => ({ model, first: from, end: to + 1, sequence })
  for (const [at, part] of parts.entries()) await shards[at]?.load(model, rangeOf(part), true)
  const hops: Hops = {
    stages: parts.length,
    forward(stage, position, hidden) {
      const [shard, part] = [shards[stage], parts[stage]]
      if (!shard || !part) throw new RangeError(`there is no shard ${stage}`)
      return shard.forward({ ...rangeOf(part), position, hidden })
    },
  }
  const now = (): number => performance.timeOrigin + performance.now()
  const askedAt = now()
  const heardAt: number[] = []
  const request = {
    model,
    messages: [{ role: 'user' as const, content: question }],
    sampling: GREEDY,
    maxTokens: tokens,
    stops: [],
  }
  const answering = asking.chat(sequence, request, new AbortController().signal, hops)
  let text = ''
  let said = 0
  for (;;) {
    const next = await answering.next()
    if (next.done) break
    heardAt.push(now())
    text += next.value.text
    said += next.value.tokens.length
  }
  for (const [at, part] of parts.entries()) shards[at]?.forget(rangeOf(part))
  return { askedAt, heardAt, text, tokens: said }
}
