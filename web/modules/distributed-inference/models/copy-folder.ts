import type { Input, Output } from '#protocol/core/capability.ts'
import { toBase64Url } from '#protocol/core/encoding.ts'
import { matches } from '#protocol/core/schema.ts'
import { DISTRIBUTED_LLM_MAX_FILES_PER_MODEL, DISTRIBUTED_LLM_PIECE_BYTES } from '#protocol/distributed-inference/constants.ts'
import type { modelPut } from '#protocol/distributed-inference/model-capabilities.ts'
import { FileNameSchema } from '#protocol/distributed-inference/model-manifest.ts'

/** A file of a chosen folder, named as the model's layout has it, for instance `onnx/model.onnx`. */
export interface ModelFile {
  readonly name: string
  readonly file: Pick<File, 'size' | 'slice'>
}

interface Chosen extends Pick<File, 'size' | 'slice' | 'name'> {
  /** `folder/onnx/model.onnx`, as browsers say it. */
  readonly webkitRelativePath: string
}

/** What belongs to a model in this layout; pictures and notes beside it stay where they are. */
const BELONGS =
  /(^|\/)([\w.-]+\.json|[\w.-]+\.(?:onnx|onnx_data(?:_\d+)?|onnx\.data|data)|merges\.txt|vocab\.txt|[\w.-]+\.(?:model|jinja))$/

/** Files of a model in a chosen folder, or null where there is none in it. */
export function filesIn(chosen: readonly Chosen[]): readonly ModelFile[] | null {
  const files = chosen
    .map((file) => ({ name: file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file }))
    .filter(({ name }) => BELONGS.test(name) && matches(FileNameSchema, name))
  const whole = files.length <= DISTRIBUTED_LLM_MAX_FILES_PER_MODEL && files.some(({ name }) => name.endsWith('.onnx'))
  return whole ? files : null
}

export interface CopyDeps {
  readonly put: (input: Input<typeof modelPut>) => Promise<Output<typeof modelPut>>
  /** Told after each piece. @param share of this file, 0 to 1 */
  readonly onProgress: (name: string, share: number) => void
  readonly signal: AbortSignal
}

/** Brings files piece by piece to the node, each from where it stopped last time. @throws what `put` does; the signal's reason */
export async function copyFolder(
  model: string,
  files: readonly ModelFile[],
  { put, onProgress, signal }: CopyDeps,
): Promise<void> {
  for (const { name, file } of files) {
    // bytes of nothing: how much of it is here already
    let at = (await put({ model, file: name, offset: 0, data: '' })).held_bytes
    while (at < file.size) {
      signal.throwIfAborted()
      const bytes = new Uint8Array(await file.slice(at, at + DISTRIBUTED_LLM_PIECE_BYTES).arrayBuffer())
      at = (await put({ model, file: name, offset: at, data: toBase64Url(bytes) })).held_bytes
      onProgress(name, at / file.size)
    }
  }
}
