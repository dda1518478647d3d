import type { Static } from '@sinclair/typebox'
import { CountSchema, OneOf, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { FileNameSchema, type Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { type Layers, LayersSchema, ModelIdSchema, WeightsHashSchema } from '#protocol/distributed-inference/schemas.ts'

/** What is to be brought to this device, or was: kept beside the models themselves, so that it goes on after a restart. */
export const RecordSchema = Strict({
  model: ModelIdSchema,
  from: OneOf(['app', 'box', 'url', 'peers', 'folder']),
  url: Type.Union([Type.String(), Type.Null()]),
  weights_sha256: Type.Union([WeightsHashSchema, Type.Null()]),
  /** Of a folder: what its files are called and how long they are. */
  files: Type.Array(Strict({ name: FileNameSchema, bytes: CountSchema })),
  /** Null: all of them. */
  layers: Type.Union([Type.Array(LayersSchema), Type.Null()]),
  ends: Type.Boolean(),
  state: OneOf(['running', 'paused', 'failed', 'done']),
  problem: Type.Union([Type.String(), Type.Null()]),
  /** What told the versions of files without a manifest apart when they began to come. */
  versions: Type.Record(Type.String(), Type.String()),
})
export type Record = Static<typeof RecordSchema>

export const wantedBy = ({ layers, ends }: Pick<Record, 'layers' | 'ends'>): Wanted => ({
  layers:
    layers && new Set(layers.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))),
  ends,
})

/** Layers that follow each other, together. */
export function runsOf(layers: readonly number[]): Layers[] {
  const runs: Layers[] = []
  for (const layer of layers) {
    const last = runs.at(-1)
    if (last && last.to === layer - 1) runs[runs.length - 1] = { from: last.from, to: layer }
    else runs.push({ from: layer, to: layer })
  }
  return runs
}

/** What is wanted of a model of which some was wanted before. */
export const joined = (
  before: Pick<Record, 'layers' | 'ends'>,
  now: Pick<Record, 'layers' | 'ends'>,
): Pick<Record, 'layers' | 'ends'> => ({
  layers: before.layers && now.layers && runsOf([...layersIn(before.layers, now.layers)].sort((a, b) => a - b)),
  ends: before.ends || now.ends,
})

const layersIn = (...runs: readonly (readonly Layers[])[]): ReadonlySet<number> =>
  new Set(runs.flatMap((layers) => [...(wantedBy({ layers: [...layers], ends: false }).layers ?? [])]))
