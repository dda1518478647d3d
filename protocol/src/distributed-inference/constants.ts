/** Most shards in one pipeline (DLM-2). */
export const DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE = 16
/** Seconds between shard advertisements (DLM-1). */
export const DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS = 5
/** Longest a shard may stall before it is replaced (DLM-4). */
export const DISTRIBUTED_LLM_FAILOVER_TIMEOUT_SECONDS = 10
/** Tokens per second below which a pipeline is called slow; advisory (DLM-2). */
export const DISTRIBUTED_LLM_MAX_PIPELINE_LATENCY_TOKENS_PER_S = 2.0
/** Element type of activations unless both sides agree otherwise (TEN-4). */
export const DISTRIBUTED_LLM_DEFAULT_DTYPE = 'fp16'
/** Failures in one call after which the local model answers (DLM-4). */
export const DISTRIBUTED_LLM_FALLBACK_TO_LOCAL_AFTER_FAILURES = 2
