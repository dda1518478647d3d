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
/** Bytes of tensor data per frame at most (TEN-4). */
export const TENSOR_CHUNK_BYTES = 1_048_576
/** Unacknowledged frames per session at most (TEN-7). */
export const TENSOR_FLOW_CONTROL_WINDOW = 16
/** Bytes below which a frame is never compressed (TEN-8). */
export const TENSOR_COMPRESSION_THRESHOLD_BYTES = 65_536
/** Quiet seconds before a ping (TEN-9). */
export const TENSOR_KEEPALIVE_SECONDS = 30
/** Longest life of a session in seconds (TEN-9). */
export const TENSOR_MAX_SESSION_LIFETIME_SECONDS = 3600
