import { ELEMENT } from '../../onnx/model.ts'

/** A decoder with random weights, as exporters lay one out; what is not said is as in Llama. */
export interface Synthetic {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly inner: number
  readonly vocabulary: number
  readonly positions: number
  /** By the names under which models are published; `fp16` and `int4f16` also compute and keep their caches in half precision. */
  readonly weights: 'fp32' | 'fp16' | 'int4' | 'int4f16' | 'int8' | 'uint8'
  /**
   * `fused`: kernels as ONNX Runtime's model builder uses them. `decomposed`: norms, attention and masks in standard operators, as
   * other exporters write them.
   */
  readonly attention: 'fused' | 'decomposed'
  readonly tied?: boolean
  readonly seed?: number
  /** Width of a head where it is not the heads' share of the stream. */
  readonly headSize?: number
  /** Queries, keys and values have biases. */
  readonly biased?: boolean
  /** Each head's queries and keys pass a norm of their own. */
  readonly headNorms?: boolean
  /** Attention and feed-forward are followed by a norm, too; where the model is in half precision, norms and stream are in full. */
  readonly normsAfter?: boolean
  /** The embedding is multiplied by the root of its width. */
  readonly scaled?: boolean
  /** Only each `every`th layer sees all tokens; the others see the last `tokens`, and turn by angles of another base. */
  readonly window?: { readonly tokens: number; readonly every: number }
  readonly activation?: 'silu' | 'gelu'
  /** Queries, keys and values are one product; in standard operators also the gate and what it opens. */
  readonly packed?: boolean
  /** Conversations longer than this turn by other angles (LongRoPE); a branch of the graph chooses. */
  readonly longFrom?: number
  /** Angles are computed from positions and looked up in no table. */
  readonly computedAngles?: boolean
  /** Queries and keys are turned beside the attention kernel, not inside. */
  readonly turnedBeside?: boolean
  /** The graph leaves the width of heads open, and only the configuration says it. */
  readonly openSizes?: boolean
}

export const SMALL: Synthetic = {
  layers: 4,
  hidden: 64,
  heads: 4,
  kvHeads: 2,
  inner: 96,
  vocabulary: 200,
  positions: 128,
  weights: 'fp32',
  attention: 'fused',
}

export const headSizeOf = ({ headSize, hidden, heads }: Synthetic): number => headSize ?? hidden / heads

/** ONNX element type in which the model computes. */
export const elementOf = ({ weights }: Synthetic): number =>
  weights.endsWith('f16') || weights === 'fp16' ? ELEMENT.float16 : ELEMENT.float32

/** Whether `layer` sees only the last tokens. */
export const isLocal = ({ window }: Synthetic, layer: number): boolean =>
  window !== undefined && (layer + 1) % window.every !== 0
