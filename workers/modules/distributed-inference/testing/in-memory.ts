import { HearthError } from '#protocol/core/errors.ts'
import type { Backend } from '../../../compute/engine/backend.ts'
import { folderFor } from '../../../compute/model/app-model.ts'
import { createLibrary } from '../../../compute/model/library.ts'
import { type ModelFolder, openAndKeep } from '../../../compute/model/open-model.ts'
import type { ModelStore } from '../../../compute/model/store.ts'
import { computeFrom } from '../../../compute/testing/client-in-node.ts'
import { createMemoryModelStore } from '../../../compute/testing/memory-store.ts'
import { createWebFolder } from '../../../compute/testing/web-folder.ts'
import type { FoundModule } from '../../../kernel/modules.ts'
import { inferenceOn } from '../inference.ts'

interface InMemory {
  readonly contract: FoundModule['contract']
  /** Of the model that comes with the app, by their paths below its folder. */
  readonly appModel: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  readonly open: (kind: 'webgpu' | 'wasm') => Promise<Backend | null>
}

async function folderIn(store: ModelStore, id: string): Promise<ModelFolder> {
  const sizes = await store.files(id)
  if (sizes.size === 0) throw new HearthError('not_found', `there is no model ${id} on this device`)
  return {
    id,
    names: [...sizes.keys()].sort(),
    file: async (name) => new Blob([await store.read(id, name, 0, sizes.get(name) ?? 0)]),
  }
}

/** The whole module on a device in this process: models in memory, which outlive its restarts, and computing without a worker. */
export function inferenceInMemory({ contract, appModel, open }: InMemory): FoundModule {
  const store = createMemoryModelStore()
  const { fetch } = createWebFolder(appModel).folder
  const module = inferenceOn((runtime) => {
    const { client } = computeFrom({
      runtime,
      open,
      folders: {
        stored: store.models,
        folder: (id) => folderFor({ stored: (model) => folderIn(store, model), store, fetch }, id),
        open: (folder) => openAndKeep(folder, createLibrary(store)),
      },
    })
    return { compute: client, store, fetch, memoryBytes: null }
  })
  return { contract, load: async () => module }
}
