/**
 * Lays files of the box where this device keeps models, as an import leaves them.
 * @param held name of the record of what is here: to the app, what it does not mark is a hole
 */
export async function installModel(model: string, names: readonly string[], held: string): Promise<void> {
  const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true })
  const folder = await models.getDirectoryHandle(model, { create: true })
  for (const name of [...names, held]) {
    const kept = name === held ? 'hearthnet.held' : name
    await lay(await folder.getFileHandle(kept, { create: true }), `/${model}/${name}`)
  }
}

async function lay(handle: FileSystemFileHandle, url: string): Promise<void> {
  const response = await fetch(url)
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`)
  const writable = await handle.createWritable()
  await response.body.pipeTo(writable)
}
