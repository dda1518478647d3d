import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from '../cut/analyse.ts'

/** What a shard needs to know of its model beside its graph. */
export interface ModelShape {
  readonly hiddenSize: number
  readonly kvHeads: number
  readonly headSize: number
}

/** @throws HearthError `bad_request` where neither the graph nor the configuration says how wide the model is */
export function shapeOf(decoder: Decoder, config: { readonly hiddenSize?: number; readonly headSize?: number }): ModelShape {
  const hiddenSize = decoder.hiddenSize ?? config.hiddenSize
  const headSize = decoder.cache.headSize ?? config.headSize
  if (hiddenSize === undefined || headSize === undefined)
    throw new HearthError('bad_request', 'neither the graph nor its configuration says how wide the model is')
  return { hiddenSize, headSize, kvHeads: decoder.cache.heads }
}

const ELEMENT_BYTES = 4

/** Bytes that one token of one sequence takes in the cache of `layers` layers; in full precision, as shards compute. */
export const cacheBytesPerToken = (shape: ModelShape, layers: number): number =>
  2 * layers * shape.kvHeads * shape.headSize * ELEMENT_BYTES
