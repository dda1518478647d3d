import { HearthError } from '#protocol/core/errors.ts'
import type { BackendKind } from '../../../compute/engine/backend.ts'
import type { HostedShard, LayerRange, ModelFacts } from '../../../compute/port.ts'
import { createSignal } from '../../../kernel/signal.ts'

export const MIB = 1024 ** 2
const HASH = `sha256:${'1'.repeat(64)}`

/** A compute worker that holds layers of 50 MiB and computes nothing. */
export function createDevice() {
  const device = {
    facts: new Map<string, Partial<ModelFacts>>([['tiny', {}]]),
    loaded: new Map<string, HostedShard>(),
    budget: 0,
    backend: 'webgpu' as BackendKind,
    loads: 0,
    /** Called before a load ends. */
    during: async (_: LayerRange) => {},
    /** Its worker is gone. */
    die(): HearthError {
      const reason = new HearthError('partition', 'gone')
      device.loaded.clear()
      lost.emit(reason)
      return reason
    },
  }
  const lost = createSignal<HearthError>()
  const keyOf = (model: string, { first, end }: LayerRange): string => `${model}:${first}-${end - 1}`
  const compute = {
    async describe(id: string): Promise<ModelFacts> {
      const facts = device.facts.get(id)
      if (!facts) throw new HearthError('not_found', `there is no model ${id} on this device`)
      const usual = { weightsHash: HASH, layers: 12, hiddenSize: 64, positions: 1024, bytes: 600 * MIB, whole: true }
      return { id, ...usual, held: [{ first: 0, end: 12 }], layerBytes: 45 * MIB, stepwise: false, ...facts }
    },
    async load(model: string, range: LayerRange): Promise<HostedShard> {
      device.loads += 1
      const bytes = (range.end - range.first) * 50 * MIB
      if (bytes > device.budget) throw new HearthError('capacity_exceeded', 'too large')
      await device.during(range)
      const ends = { embed: false, head: false, cacheBytes: 0, sequences: 0, msPerToken: null }
      const shard = { model, weightsHash: HASH, layers: 12, hiddenSize: 64, cacheBytesPerToken: 1024, bytes, ...ends, ...range }
      device.loaded.set(keyOf(model, range), shard)
      return shard
    },
    async unload(model: string, range: LayerRange): Promise<void> {
      device.loaded.delete(keyOf(model, range))
    },
    shards: async () => ({ backend: device.backend, shards: [...device.loaded.values()] }),
    async setBudget(bytes: number): Promise<void> {
      device.budget = bytes
    },
    lost,
  }
  return { device, compute }
}
