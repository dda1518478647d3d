import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { type ModelManifest, parseManifest, type Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { readPieces, readSmall, type WebFolder } from './http.ts'
import { isOurs, MANIFEST_FILE } from './kept.ts'
import { createLibrary, type Library } from './library.ts'
import { hashOf } from './manifest.ts'
import type { ModelFolder } from './open-model.ts'
import type { ModelStore } from './store.ts'

/** Models that come with the app, by their names. */
export const APP_MODELS: readonly string[] = [DISTRIBUTED_LLM_DEMONSTRATION_MODEL]

/** A manifest has to fit into a message of the bus. */
const MANIFEST_MAX_BYTES = 4 * 1024 * 1024
const ALL: Wanted = { layers: null, ends: true }

export const appFolder = (model: string, ask: typeof fetch): WebFolder => ({ base: `/models/${model}/`, fetch: ask })

/** @throws HearthError `not_found` where none is published, `partition`, `bad_request`, `weights_mismatch` */
export async function publishedManifest(folder: WebFolder, signal: AbortSignal): Promise<ModelManifest> {
  return parseManifest(parseJson(await readSmall(folder, MANIFEST_FILE, MANIFEST_MAX_BYTES, signal)))
}

/** Brings what is missing of a model from where it is published, checked piece by piece. */
export async function bringFrom(
  folder: WebFolder,
  library: Library,
  model: string,
  wanted: Wanted,
  signal: AbortSignal,
  came: () => void = () => undefined,
): Promise<void> {
  const kept = (await library.open(model)) ?? (await library.begin(model, await publishedManifest(folder, signal), wanted))
  for await (const { piece, bytes } of readPieces(folder, kept.manifest, library.missing(kept, wanted), signal)) {
    await library.put(model, kept, piece, bytes)
    came()
  }
  await library.check(model, kept)
}

/** For a browser that keeps no files: the model straight from the app's address, checked, for as long as this worker lives. */
async function borrowedModel(model: string, ask: typeof fetch): Promise<ModelFolder> {
  const folder = appFolder(model, ask)
  const { signal } = new AbortController()
  const { files } = await publishedManifest(folder, signal)
  const blobs = new Map<string, Blob>()
  for (const { name, bytes, sha256 } of files) {
    const content = await readSmall(folder, name, bytes, signal)
    if ((await hashOf(content)) !== sha256)
      throw new HearthError('weights_mismatch', `${name} of ${model} is not what was said`)
    blobs.set(name, new Blob([content]))
  }
  return {
    id: model,
    borrowed: true,
    names: files.map(({ name }) => name).filter((name) => !isOurs(name)),
    async file(name) {
      const blob = blobs.get(name)
      if (!blob) throw new HearthError('not_found', `there is no ${name} of ${model}`)
      return blob
    },
  }
}

interface FolderDeps {
  /** Models on this device. @throws HearthError `not_found` */
  readonly stored: (model: string) => Promise<ModelFolder>
  readonly store: ModelStore
  readonly fetch: typeof fetch
}

/** A model's folder; one that comes with the app is brought here first and stays, so that it answers without any network from then on. */
export async function folderFor({ stored, store, fetch: ask }: FolderDeps, model: string): Promise<ModelFolder> {
  if (!APP_MODELS.includes(model)) return stored(model)
  // what is here is looked up anew: another worker may have removed it
  const library = createLibrary(store)
  try {
    const kept = await library.open(model)
    if (!kept || library.missing(kept, ALL).length > 0)
      await bringFrom(appFolder(model, ask), library, model, ALL, new AbortController().signal)
    return await stored(model)
  } catch (error) {
    // a full disk is no reason to say nothing
    if (error instanceof HearthError && ['not_implemented', 'capacity_exceeded'].includes(error.code))
      return borrowedModel(model, ask)
    throw error
  }
}
