/**
 * Where this device keeps models: a folder each, by name, with files by their paths below it. Writers of one file take turns.
 * Everything here may throw HearthError `capacity_exceeded` (the disk is full) and `not_implemented` (the browser has no such place).
 */
export interface ModelStore {
  /** Names of models, sorted; folders that are empty are none. */
  models(): Promise<readonly string[]>
  /** Files with their sizes; none for a model that is not there. */
  files(model: string): Promise<ReadonlyMap<string, number>>
  /** Fewer bytes where the file ends before. @throws HearthError `not_found` */
  read(model: string, file: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  /** Durable when it resolves. Makes the file, and zeros between its end and `offset`, where need be. */
  write(model: string, file: string, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Cuts the file off, or makes it longer by zeros. */
  resize(model: string, file: string, bytes: number): Promise<void>
  /** Removes a file, or the whole model; what is not there is removed already. */
  remove(model: string, file?: string): Promise<void>
  /** Bytes that may still be written; null where the browser does not say. */
  free(): Promise<number | null>
}

/** Reads a small file whole; null where there is none, or none any more. */
export async function readWhole(store: ModelStore, model: string, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const size = (await store.files(model)).get(file)
  if (size === undefined) return null
  try {
    return await store.read(model, file, 0, size)
  } catch (error) {
    // removed after it was listed, which is no failure; what is still there and cannot be read is one
    if (!(await store.files(model)).has(file)) return null
    throw error
  }
}

/** Replaces a small file whole. */
export async function writeWhole(
  store: ModelStore,
  model: string,
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await store.resize(model, file, 0)
  await store.write(model, file, 0, bytes)
}
