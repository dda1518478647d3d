import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_PIECE_BYTES } from '#protocol/distributed-inference/constants.ts'
import { describeFile, readFile, type WebFile, type WebFolder } from '../../../compute/model/http.ts'
import { PART_FILE } from '../../../compute/model/kept.ts'
import { GRAPHS } from '../../../compute/model/open-model.ts'
import type { ModelStore } from '../../../compute/model/store.ts'

/** What models consist of beside their graph, as far as it matters here; what is not there is not missed before the model is opened. */
const TEXTS = [
  'config.json',
  'genai_config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
]
/** A weights file that a server numbers is one of so many at most. */
const MOST_DATA_FILES = 32

export interface FoundFile extends WebFile {
  readonly name: string
}

/**
 * Looks for a model in either published layout.
 * @param listed what there is, where that is known: then nothing else is asked for
 * @throws HearthError `not_found` where there is no graph
 */
export async function findFiles(
  folder: WebFolder,
  listed: readonly string[] | null,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const look = async (name: string): Promise<FoundFile | null> => {
    if (listed && !listed.includes(name)) return null
    const found = await describeFile(folder, name, signal)
    return found && { name, ...found }
  }
  const texts = await Promise.all(TEXTS.map(look))
  const graph = await firstOf(
    GRAPHS.flatMap((name) => [`onnx/${name}`, name]),
    look,
  )
  if (!graph) throw new HearthError('not_found', `there is no ONNX graph below ${folder.base}`)
  const data: FoundFile[] = []
  for (let number = 0; number < MOST_DATA_FILES; number++) {
    const names = number === 0 ? [`${graph.name}_data`, `${graph.name}.data`] : [`${graph.name}_data_${number}`]
    const found = await firstOf(names, look)
    if (!found) break
    data.push(found)
  }
  return [...texts.flatMap((text) => text ?? []), graph, ...data]
}

async function firstOf<T>(names: readonly string[], look: (name: string) => Promise<T | null>): Promise<T | null> {
  for (const name of names) {
    const found = await look(name)
    if (found) return found
  }
  return null
}

/** Marks a folder as one whose files are on their way. @throws HearthError `capacity_exceeded` before any of them is written */
export async function beginPlain(
  store: ModelStore,
  model: string,
  files: readonly { readonly name: string; readonly bytes: number | null }[],
): Promise<void> {
  const sizes = await store.files(model)
  const needed = files.reduce((sum, { name, bytes }) => sum + Math.max(0, (bytes ?? 0) - (sizes.get(name) ?? 0)), 0)
  const free = await store.free()
  if (free !== null && needed > free)
    throw new HearthError('capacity_exceeded', `${model} needs more room than there is`, {
      data: { needed_bytes: needed, free_bytes: free },
    })
  // what lies here from an earlier try, and is not of this model, would become part of it
  for (const name of sizes.keys()) if (!files.some((file) => file.name === name)) await store.remove(model, name)
  await store.resize(model, PART_FILE, 0)
}

/** Brings a file from where it stopped the last time; from the beginning where it is another one by now. */
export async function bringFile(
  store: ModelStore,
  model: string,
  folder: WebFolder,
  file: FoundFile,
  signal: AbortSignal,
  came: () => void,
): Promise<void> {
  let at = (await store.files(model)).get(file.name) ?? 0
  if (file.bytes !== null && at === file.bytes) return
  if (file.bytes !== null && at > file.bytes) at = 0
  await store.resize(model, file.name, at)
  const waiting: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const write = async (): Promise<void> => {
    const bytes = new Uint8Array(await new Blob(waiting.splice(0)).arrayBuffer())
    await store.write(model, file.name, at, bytes)
    at += size
    size = 0
    came()
  }
  try {
    for await (const chunk of readFile(folder, file.name, { from: at, version: file.version, signal })) {
      waiting.push(chunk)
      size += chunk.length
      if (size >= DISTRIBUTED_LLM_PIECE_BYTES) await write()
    }
  } finally {
    // what came before a connection broke need not come again
    if (size > 0) await write()
  }
  if (file.bytes !== null && at !== file.bytes) throw new HearthError('partition', `${file.name} broke off`)
}
