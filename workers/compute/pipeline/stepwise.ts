import type { Decoder } from '../cut/analyse.ts'

/**
 * Whether what comes out depends on which tokens go through together: dynamic int8 has one scale for all of them. Such a
 * conversation can only be computed anew, to the bit, in the steps in which it was computed first.
 */
export const isStepwise = ({ graph }: Pick<Decoder, 'graph'>): boolean =>
  graph.node.some(({ opType }) => opType === 'DynamicQuantizeLinear' || opType === 'DynamicQuantizeMatMul')
