import { DISTRIBUTED_LLM_DEFAULT_DTYPE, DISTRIBUTED_LLM_FULL_PRECISION_WIDTH } from './constants.ts'

/** Element type in which hidden states of so many elements go from shard to shard, unless both sides agree otherwise (TEN-4, DLM-3). */
export const hopDtypeOf = (hiddenSize: number): 'fp16' | 'fp32' =>
  hiddenSize <= DISTRIBUTED_LLM_FULL_PRECISION_WIDTH ? 'fp32' : DISTRIBUTED_LLM_DEFAULT_DTYPE
