import { HearthError } from '#protocol/core/errors.ts'
import type { ModelFolder } from './open-model.ts'

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
  await collect(directory, '', handles)
  return {
    id,
    names: [...handles.keys()].sort(),
    file: async (name) => (await handles.get(name)?.getFile()) ?? missing(name)(),
  }
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
