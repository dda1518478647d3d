import { expose } from 'comlink'
import { createBreath } from './compute/engine/breath.ts'
import { createEngine } from './compute/engine/engine.ts'
import { createOrtOpener, surroundingsOf } from './compute/engine/ort-library.ts'
import { folderFor } from './compute/model/app-model.ts'
import { createLibrary } from './compute/model/library.ts'
import { openAndKeep } from './compute/model/open-model.ts'
import { createOpfsStore, storedModel, storedModels } from './compute/model/opfs.ts'
import { ALIVE, sendHearthErrors } from './compute/port.ts'
import { createCompute } from './compute/service.ts'
import { createRealRuntime } from './kernel/real-runtime.ts'

/** Until a person sets it: what a phone gives a page without killing it (1.5 GB on iOS), with room for the page itself. */
const BUDGET_BYTES = 1024 ** 3
const IDLE_MS = 10 * 60_000

const { monotonic, after } = createRealRuntime()
const { storage } = navigator
const store = createOpfsStore(storage, navigator.locks)

// held as long as this worker lives: the node that started it under this name waits for the same lock
navigator.locks.request(self.name, () => {
  self.postMessage(ALIVE)
  return new Promise(() => undefined)
})
sendHearthErrors()
expose(
  createCompute({
    stored: () => storedModels(storage),
    folder: (id) =>
      folderFor({ stored: (model) => storedModel(storage, model), store, fetch: (...asked) => fetch(...asked) }, id),
    open: (folder) => openAndKeep(folder, createLibrary(store)),
    startEngine: () =>
      createEngine(
        { open: createOrtOpener(surroundingsOf(self), () => self.close()), monotonic, after, breathe: createBreath() },
        { budgetBytes: BUDGET_BYTES, idleMs: IDLE_MS },
      ),
    monotonic,
  }),
)
