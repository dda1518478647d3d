import { parseJson } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { BoxModelsSchema, type ModelManifest } from '#protocol/distributed-inference/model-manifest.ts'
import { APP_MODELS, appFolder, publishedManifest } from '../../../compute/model/app-model.ts'
import { readSmall } from '../../../compute/model/http.ts'
import type { Runtime } from '../../../kernel/runtime.ts'

/** A model that can be had at once. */
export interface Offered {
  readonly model: string
  readonly source: 'app' | 'box'
  readonly bytes: number
  /** Null where only the names of its files are known. */
  readonly manifest: ModelManifest | null
  /** What files there are. */
  readonly files: readonly string[]
}

/** For so long a place is believed without asking again. */
const FRESH_MS = 30_000
const LIST_MAX_BYTES = 1_048_576
const PATIENCE_MS = 4000

/** What the app and its box have; nothing while they are out of reach. */
export function createOffered(runtime: Runtime, ask: typeof fetch): () => Promise<readonly Offered[]> {
  let at = Number.NEGATIVE_INFINITY
  let known: Promise<readonly Offered[]> = Promise.resolve([])

  async function look(): Promise<readonly Offered[]> {
    const stop = new AbortController()
    const calledOff = runtime.after(PATIENCE_MS, () => stop.abort(new Error('nobody answered')))
    const ofApp = APP_MODELS.map(async (model): Promise<readonly Offered[]> => {
      const manifest = await publishedManifest(appFolder(model, ask), stop.signal)
      return [{ model, source: 'app', bytes: bytesOf(manifest.files), manifest, files: namesOf(manifest.files) }]
    })
    const ofBox = async (): Promise<readonly Offered[]> => {
      const list = parseJson(await readSmall({ base: '/box/', fetch: ask }, 'models.json', LIST_MAX_BYTES, stop.signal))
      if (!matches(BoxModelsSchema, list)) return []
      return list.models.map(({ model, files }) => ({
        model,
        source: 'box',
        bytes: bytesOf(files),
        manifest: null,
        files: namesOf(files),
      }))
    }
    const found = await Promise.all([...ofApp, ofBox()].map((place) => place.catch(() => [])))
    calledOff()
    return found.flat()
  }

  return () => {
    if (runtime.monotonic() - at > FRESH_MS) {
      at = runtime.monotonic()
      known = look()
    }
    return known
  }
}

type Files = readonly { readonly name: string; readonly bytes: number }[]
const bytesOf = (files: Files): number => files.reduce((sum, { bytes }) => sum + bytes, 0)
const namesOf = (files: Files): readonly string[] => files.map(({ name }) => name)
