import type { Decoder } from '../cut/analyse.ts'
import { isOp, MICROSOFT } from '../onnx/model.ts'

/**
 * Whether what comes out depends on which tokens go through together: dynamic int8 has one scale for all of them. Such a
 * conversation can only be computed anew, to the bit, in the steps in which it was computed first.
 */
export const isStepwise = ({ graph }: Pick<Decoder, 'graph'>): boolean =>
  graph.node.some(({ opType }) => opType === 'DynamicQuantizeLinear' || opType === 'DynamicQuantizeMatMul')

/**
 * Whether conversations of different lengths can go through side by side, each as if it were alone: fused attention is told how long each
 * of them is, and nothing has one scale for all of them.
 */
export const isRowwise = (decoder: Pick<Decoder, 'graph' | 'layers'>): boolean =>
  !isStepwise(decoder) &&
  decoder.graph.node.filter((node) => isOp(node, 'GroupQueryAttention', MICROSOFT)).length === decoder.layers
