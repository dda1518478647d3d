import { configSet } from '#protocol/config/capabilities.ts'
import { createLibrary } from '../../../../compute/model/library.ts'
import { openAndKeep } from '../../../../compute/model/open-model.ts'
import { folderOf } from '../../../../compute/testing/folder.ts'
import type { MemoryModelStore } from '../../../../compute/testing/memory-store.ts'
import type { Village, Villager } from '../../../../testing/village.ts'

/** The compute worker, as far as models ask it. */
export const computing = (store: () => MemoryModelStore) => ({
  drop: async () => undefined,
  async describe(model: string) {
    const contents = store().contents.get(model) ?? new Map<string, Uint8Array<ArrayBuffer>>()
    const ready = await openAndKeep(folderOf(contents, model), createLibrary(store()))
    return {
      id: model,
      weightsHash: ready.weightsHash,
      layers: ready.decoder.layers,
      hiddenSize: 1,
      positions: null,
      bytes: ready.bytes,
      whole: true,
      held: [],
      layerBytes: 1,
      stepwise: false,
    }
  },
})

export async function turnOn(village: Village, { node }: Villager): Promise<void> {
  await village.during(
    node.bus.call(configSet, {
      distributed_llm: { enabled: true },
      policy: { research: { enable: true, enabled_capabilities: ['experimental.*'] } },
    }),
  )
}
