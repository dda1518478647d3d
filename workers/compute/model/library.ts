import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_PIECE_BYTES } from '#protocol/distributed-inference/constants.ts'
import { isWanted, type ModelManifest, type Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { HELD_FILE, type Held, holds, MANIFEST_FILE, mark, noneHeld, PART_FILE, readHeld, readManifest } from './kept.ts'
import { hashOf } from './manifest.ts'
import { type ModelStore, readWhole, writeWhole } from './store.ts'

/** A model of which the manifest is here, and some of its pieces. */
export interface KeptModel {
  readonly manifest: ModelManifest
  /** As it is now; changes as pieces come. */
  readonly held: Held
}

/** Models on this device by their pieces: nothing is kept that was not checked (DLM-7). */
export interface Library {
  /** @returns null where there is no manifest, or none that can be read */
  open(model: string): Promise<KeptModel | null>
  /**
   * Makes ready for the pieces of `wanted` and goes on with those that are here already.
   * @throws HearthError `capacity_exceeded` before anything is written, `bad_request` where other weights have this name
   */
  begin(model: string, manifest: ModelManifest, wanted: Wanted): Promise<KeptModel>
  /** Pieces of `wanted` that are not here, in their order. */
  missing(kept: KeptModel, wanted: Wanted): readonly number[]
  /** Keeps a piece. @throws HearthError `weights_mismatch` for bytes that are not it; nothing is changed then */
  put(model: string, kept: KeptModel, piece: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** A piece for somebody else; null where it is not here. */
  get(model: string, kept: KeptModel, piece: number): Promise<Uint8Array<ArrayBuffer> | null>
  /**
   * Checks files of which every piece is here as wholes.
   * @throws HearthError `weights_mismatch` for those that are not what the manifest says: they are dropped, nothing else is
   */
  check(model: string, kept: KeptModel): Promise<void>
  /** Keeps the manifest of files that lie here whole. */
  keep(model: string, manifest: ModelManifest): Promise<void>
  remove(model: string): Promise<void>
}

export function createLibrary(store: ModelStore): Library {
  const opened = new Map<string, KeptModel>()

  async function load(model: string): Promise<KeptModel | null> {
    const [said, record] = [await readWhole(store, model, MANIFEST_FILE), await readWhole(store, model, HELD_FILE)]
    if (!said || !record) return null
    try {
      const manifest = readManifest(said)
      const held = readHeld(manifest, record)
      return held && { manifest, held }
    } catch (error) {
      if (error instanceof HearthError) return null
      throw error
    }
  }

  /** Looks again each time: the compute worker brings models here, too. */
  async function open(model: string): Promise<KeptModel | null> {
    const known = opened.get(model)
    const record = known && (await readWhole(store, model, HELD_FILE))
    if (known && record?.length === known.held.length) {
      for (const [index, bits] of record.entries()) known.held[index] = (known.held[index] ?? 0) | bits
      return known
    }
    opened.delete(model)
    const found = await load(model)
    if (found) opened.set(model, found)
    return found
  }

  const saveHeld = (model: string, { held }: KeptModel): Promise<void> => store.write(model, HELD_FILE, 0, held.slice())

  async function save(model: string, kept: KeptModel): Promise<KeptModel> {
    await writeWhole(store, model, MANIFEST_FILE, utf8(JSON.stringify(kept.manifest)))
    await store.resize(model, HELD_FILE, kept.held.length)
    await saveHeld(model, kept)
    opened.set(model, kept)
    return kept
  }

  const missing: Library['missing'] = ({ manifest, held }, wanted) =>
    manifest.pieces.flatMap(({ part }, index) => (isWanted(part, wanted) && !holds(held, index) ? [index] : []))

  /** A browser counts a file by its length, whatever lies in it: up to its last wanted piece. */
  async function requireRoom(model: string, { manifest, held }: KeptModel, wanted: Wanted): Promise<void> {
    const ends = new Map<number, number>()
    for (const index of missing({ manifest, held }, wanted)) {
      const { file, offset, length } = manifest.pieces[index] ?? { file: 0, offset: 0, length: 0 }
      ends.set(file, Math.max(ends.get(file) ?? 0, offset + length))
    }
    const sizes = await store.files(model)
    const needed = [...ends].reduce(
      (sum, [file, end]) => sum + Math.max(0, end - (sizes.get(manifest.files[file]?.name ?? '') ?? 0)),
      0,
    )
    const free = await store.free()
    if (free !== null && needed > free)
      throw new HearthError('capacity_exceeded', `${model} needs more room than there is`, {
        data: { needed_bytes: needed, free_bytes: free },
      })
  }

  async function check(model: string, kept: KeptModel): Promise<void> {
    const { manifest, held } = kept
    const wrong: string[] = []
    for (const [file, { name, bytes, sha256: hash }] of manifest.files.entries()) {
      const own = manifest.pieces.flatMap((piece, index) => (piece.file === file ? [index] : []))
      if (!own.every((index) => holds(held, index))) continue
      if (own.length === 0) await store.resize(model, name, 0)
      if ((await fileHash(model, name, bytes)) === hash) continue
      wrong.push(name)
      for (const index of own) mark(held, index, false)
      await saveHeld(model, kept)
      await store.remove(model, name)
    }
    if (wrong.length > 0) throw new HearthError('weights_mismatch', `${wrong.join(', ')} of ${model} is not what was said`)
  }

  async function fileHash(model: string, file: string, bytes: number): Promise<string> {
    const hash = sha256.create()
    for (let at = 0; at < bytes; at += DISTRIBUTED_LLM_PIECE_BYTES)
      hash.update(await store.read(model, file, at, Math.min(DISTRIBUTED_LLM_PIECE_BYTES, bytes - at)))
    return toHex(hash.digest())
  }

  return {
    open,
    missing,
    check,
    async begin(model, manifest, wanted) {
      const before = await open(model)
      if (before && before.manifest.weights_sha256 !== manifest.weights_sha256)
        throw new HearthError('bad_request', `another model is called ${model} here`)
      const kept = before ?? { manifest, held: noneHeld(manifest) }
      await requireRoom(model, kept, wanted)
      if (before) return before
      // files of which nobody knows what they are, from an import without a manifest, would be taken for checked ones
      await store.remove(model)
      return save(model, kept)
    },
    async put(model, kept, piece, bytes) {
      const { file, offset, length, sha256: hash } = pieceOf(kept, piece)
      const name = kept.manifest.files[file]?.name ?? ''
      if (bytes.length !== length || (await hashOf(bytes)) !== hash)
        throw new HearthError('weights_mismatch', `bytes ${offset} to ${offset + length} of ${name} are not what was said`)
      await store.write(model, name, offset, bytes)
      mark(kept.held, piece)
      await saveHeld(model, kept)
    },
    async get(model, kept, piece) {
      if (!holds(kept.held, piece)) return null
      const { file, offset, length } = pieceOf(kept, piece)
      const bytes = await store.read(model, kept.manifest.files[file]?.name ?? '', offset, length)
      return bytes.length === length ? bytes : null
    },
    async keep(model, manifest) {
      const held = noneHeld(manifest)
      for (const index of manifest.pieces.keys()) mark(held, index)
      await save(model, { manifest, held })
      await store.remove(model, PART_FILE)
    },
    async remove(model) {
      opened.delete(model)
      await store.remove(model)
    },
  }
}

function pieceOf({ manifest }: KeptModel, index: number): ModelManifest['pieces'][number] {
  const piece = manifest.pieces[index]
  if (!piece) throw new HearthError('bad_request', `there is no piece ${index}`)
  return piece
}
