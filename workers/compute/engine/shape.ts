import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from '../cut/analyse.ts'
import { ELEMENT } from '../onnx/model.ts'

/** What a shard needs to know of its model beside its graph. */
export interface ModelShape {
  readonly hiddenSize: number
  readonly kvHeads: number
  readonly headSize: number
  /** ONNX element types of the residual stream and of the cache. */
  readonly element: number
  readonly cacheElement: number
}

/** @throws HearthError `bad_request` where neither the graph nor the configuration says how wide the model is */
export function shapeOf(decoder: Decoder, config: { readonly hiddenSize?: number; readonly headSize?: number }): ModelShape {
  const hiddenSize = decoder.hiddenSize ?? config.hiddenSize
  const headSize = decoder.cache.headSize ?? config.headSize
  if (hiddenSize === undefined || headSize === undefined)
    throw new HearthError('bad_request', 'neither the graph nor its configuration says how wide the model is')
  return { hiddenSize, headSize, kvHeads: decoder.cache.heads, element: decoder.element, cacheElement: decoder.cache.element }
}

/** Whether an element is two bytes wide. */
export const isHalf = (element: number): boolean => element === ELEMENT.float16 || element === ELEMENT.bfloat16

/** Bytes that one token of one sequence takes in the cache of `layers` layers. */
export const cacheBytesPerToken = (shape: ModelShape, layers: number): number =>
  2 * layers * shape.kvHeads * shape.headSize * (isHalf(shape.cacheElement) ? 2 : 4)
