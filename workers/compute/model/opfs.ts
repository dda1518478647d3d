import { HearthError } from '#protocol/core/errors.ts'
import type { ModelFolder } from './open-model.ts'
import type { ModelStore } from './store.ts'

/** Where this device keeps models: a folder each, in the browser's own file system. */
const MODELS = 'models'

/** Models that were brought to this device, by name. */
export async function storedModels(storage: StorageManager): Promise<readonly string[]> {
  const names: string[] = []
  for await (const [name, handle] of await modelsIn(storage)) if (handle.kind === 'directory') names.push(name)
  return names.sort()
}

/** @throws HearthError `not_found` */
export async function storedModel(storage: StorageManager, id: string): Promise<ModelFolder> {
  const missing = (what: string) => () => {
    throw new HearthError('not_found', `there is no ${what} on this device`)
  }
  const directory = await (await modelsIn(storage)).getDirectoryHandle(id).catch(missing(`model ${id}`))
  const handles = new Map<string, FileSystemFileHandle>()
  await collect(directory, '', handles).catch(missing(`whole model ${id}`))
  return {
    id,
    names: [...handles.keys()].sort(),
    file: async (name) => (await handles.get(name)?.getFile().catch(missing(name))) ?? missing(name)(),
  }
}

/** Held while a file is read or written: the browser refuses who comes meanwhile, and two workers do. */
const LOCK = 'models'

/** The store of a worker: only workers may write into a file in place. */
export function createOpfsStore(storage: StorageManager, locks: LockManager): ModelStore {
  const inTurn = async <T>(task: () => Promise<T>): Promise<T> => locks.request(LOCK, task)

  async function directoryOf(
    model: string,
    file: string,
    create: boolean,
  ): Promise<readonly [FileSystemDirectoryHandle, string]> {
    const path = [model, ...file.split('/')]
    const name = path.pop() ?? ''
    let directory = await modelsIn(storage)
    for (const step of path) directory = await directory.getDirectoryHandle(step, { create })
    return [directory, name]
  }

  const open = async (model: string, file: string, create: boolean): Promise<FileSystemFileHandle> => {
    const [directory, name] = await directoryOf(model, file, create)
    return directory.getFileHandle(name, { create })
  }

  /** What is done to one file, with nobody else writing. */
  const changing = (model: string, file: string, change: (access: FileSystemSyncAccessHandle) => void): Promise<void> =>
    inTurn(async () => {
      const access = await (await open(model, file, true)).createSyncAccessHandle()
      try {
        change(access)
        access.flush()
      } finally {
        access.close()
      }
    }).catch(asHearthError)

  return {
    models: () =>
      inTurn(async () => {
        const names = await storedModels(storage)
        const sizes = await Promise.all(names.map(async (name) => (await filesOf(storage, name)).size))
        return names.filter((_, index) => sizes[index])
      }).catch(asHearthError),
    files: (model) => inTurn(() => filesOf(storage, model)).catch(asHearthError),
    // in turn: a file that is written to or removed meanwhile is not found any more, and cannot be read on
    read: (model, file, offset, length) =>
      inTurn(async () => {
        const blob = await (await open(model, file, false)).getFile()
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      }).catch((cause: unknown) => {
        throw new HearthError('not_found', `${file} of ${model} cannot be read`, { cause })
      }),
    write: (model, file, offset, bytes) =>
      changing(model, file, (access) => {
        const written = access.write(bytes, { at: offset })
        if (written !== bytes.length) throw new HearthError('capacity_exceeded', 'the disk is full')
      }),
    resize: (model, file, bytes) => changing(model, file, (access) => access.truncate(bytes)),
    remove: (model, file) =>
      inTurn(async () => {
        const [directory, name] = file === undefined ? [await modelsIn(storage), model] : await directoryOf(model, file, false)
        await directory.removeEntry(name, { recursive: true })
      }).catch((error: unknown) => {
        if (!isNamed(error, 'NotFoundError')) throw error
      }),
    async free() {
      const { quota, usage } = await storage.estimate()
      return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage)
    },
  }
}

async function filesOf(storage: StorageManager, model: string): Promise<ReadonlyMap<string, number>> {
  const handles = new Map<string, FileSystemFileHandle>()
  try {
    await collect(await (await modelsIn(storage)).getDirectoryHandle(model), '', handles)
  } catch (error) {
    if (!isNamed(error, 'NotFoundError')) throw error
  }
  return new Map(await Promise.all([...handles].map(async ([name, handle]) => [name, (await handle.getFile()).size] as const)))
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name

function asHearthError(error: unknown): never {
  if (error instanceof HearthError) throw error
  if (isNamed(error, 'QuotaExceededError')) throw new HearthError('capacity_exceeded', 'the disk is full', { cause: error })
  if (isNamed(error, 'SecurityError') || isNamed(error, 'TypeError'))
    throw new HearthError('not_implemented', 'this browser keeps no files', { cause: error })
  throw error
}

const modelsIn = async (storage: StorageManager): Promise<FileSystemDirectoryHandle> =>
  (await storage.getDirectory()).getDirectoryHandle(MODELS, { create: true })

async function collect(
  directory: FileSystemDirectoryHandle,
  path: string,
  into: Map<string, FileSystemFileHandle>,
): Promise<void> {
  for await (const [name, handle] of directory) {
    if (isDirectory(handle)) await collect(handle, `${path}${name}/`, into)
    else if (isFile(handle)) into.set(path + name, handle)
  }
}

const isDirectory = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory'
const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file'
