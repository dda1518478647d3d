import { type Capability, defineCapability } from '#protocol/core/capability.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { createQueue } from '../../../../workers/kernel/bus/queue.ts'
import { createRegistry } from '../../../../workers/kernel/bus/registry.ts'
import { serve } from '../../../../workers/kernel/bus/serve.ts'
import { nextTurn } from '../../../../workers/testing/next-turn.ts'
import { createSeededRuntime } from '../../../../workers/testing/seeded-runtime.ts'
import { people } from '../seeded.ts'
import { anyOutput, anyStream } from './node.ts'

/** Rounds of the event loop after which nothing moves any more that only waits for itself. */
const ROUNDS = 50

async function settled(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await nextTurn()
}

/** The serving side of a stream, with a caller who says something whenever it waits. */
export async function flowOf({ frames, says }: { frames: number; says: readonly JsonValue[] }) {
  const { bert } = await people()
  const registry = createRegistry()
  registry.addStream(anyStream, async function* () {
    for (let at = 0; at < frames; at++) yield { at }
    return {}
  })
  const served = registry.find(anyStream.name)
  if (!served) throw new TypeError('it was just put in')
  const sent: unknown[] = []
  const incoming = createQueue<JsonValue>()
  const link = {
    send: async (message: JsonValue) => void sent.push(message),
    messages: incoming,
    close: async () => {},
    abort: () => {},
  }
  const admitted = {
    requestId: parseUlid('0'.repeat(26)),
    served,
    caller: { nodeId: bert.nodeId, level: 'member' as const },
    input: {},
  }
  void serve(createSeededRuntime(1), { link, incoming: incoming[Symbol.asyncIterator](), admitted })
  await settled()
  for (const message of says) {
    incoming.push(message)
    await settled()
  }
  const ofKind = (event: string) => sent.filter((message) => Reflect.get(Object(message), 'event') === event)
  const [done, failed] = [ofKind('done'), ofKind('error')]
  const code: unknown = Reflect.get(Object(Reflect.get(Object(failed[0]), 'data')), 'code')
  return {
    seqs: ofKind('data').map((message): unknown => Reflect.get(Object(message), 'seq')),
    end: done.length > 0 ? 'done' : (code ?? null),
  }
}

/** Takes places for calls that never end. @throws HearthError */
export function placesOf({ max_concurrent, calls }: { max_concurrent: number; calls: number }) {
  const registry = createRegistry()
  const capability: Capability = defineCapability({
    ...anyOutput,
    name: 'example.slow',
    maxConcurrent: max_concurrent,
    answersFrom: [],
  })
  registry.add(capability, async () => ({}))
  for (let call = 0; call < calls; call++) registry.find(capability.name)?.enter()
  return { running: registry.running() }
}
