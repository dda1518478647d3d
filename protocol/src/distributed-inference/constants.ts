/** Most shards in one pipeline (DLM-2). */
export const DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE = 16
/** Seconds between shard advertisements (DLM-1). */
export const DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS = 5
/** Longest a shard may stall before it is replaced (DLM-4). */
export const DISTRIBUTED_LLM_FAILOVER_TIMEOUT_SECONDS = 10
/** Tokens per second below which a pipeline is called slow; advisory (DLM-2). */
export const DISTRIBUTED_LLM_MAX_PIPELINE_LATENCY_TOKENS_PER_S = 2.0
/**
 * Tokens of one tensor at most (DLM-3). Questions go through in pieces of exactly so many: some models round by what goes through
 * together, and no conversation waits long for another.
 */
export const DISTRIBUTED_LLM_CHUNK_TOKENS = 128
/** What a session of a conversation with a shard is for (TEN-5). */
export const DISTRIBUTED_LLM_SHARD_PURPOSE = 'shard.forward'
/** What a session is for over which one shard hands the steps of a conversation to the next (DLM-11). */
export const DISTRIBUTED_LLM_HANDED_PURPOSE = 'shard.handed'
/** Steps of a conversation are numbered modulo this; what a shard says of one that it was handed has the number with the highest bit set (DLM-11). */
export const DISTRIBUTED_LLM_STEP_NUMBERS = 32_768
/** Beats without a word after which shards are taken for gone (DLM-1). */
export const DISTRIBUTED_LLM_MISSED_HEARTBEATS = 4
/** Element type of activations unless both sides agree otherwise (TEN-4). */
export const DISTRIBUTED_LLM_DEFAULT_DTYPE = 'fp16'
/**
 * Widest hidden state that travels in fp32 (TEN-4): a token of it is 4 KiB, which no network feels, and the text is that of one device to the
 * token. Rounding to half precision tips what is nearly as likely.
 */
export const DISTRIBUTED_LLM_FULL_PRECISION_WIDTH = 1024
/** Failures in one call after which the local model answers (DLM-4). */
export const DISTRIBUTED_LLM_FALLBACK_TO_LOCAL_AFTER_FAILURES = 2
/** Bytes of one piece of a model at most (DLM-7). */
export const DISTRIBUTED_LLM_PIECE_BYTES = 1_048_576
/** Pieces of a model at most: a manifest has to fit into one message of the bus (DLM-7). */
export const DISTRIBUTED_LLM_MAX_PIECES_PER_MODEL = 24_576
/** Files of a model at most (DLM-7). */
export const DISTRIBUTED_LLM_MAX_FILES_PER_MODEL = 64
/** The model that comes with the app. */
export const DISTRIBUTED_LLM_DEMONSTRATION_MODEL = 'hearthnet-demonstration'
/** Most shards of which a plan says why they are left out (DLM-2). */
export const DISTRIBUTED_LLM_MAX_LEFT_OUT = 256
/** Most shards whose latency `pipeline.status` tells. */
export const DISTRIBUTED_LLM_MAX_SHARD_LATENCIES = 64
/** Milliseconds of one layer and one token that are expected where nobody of the kind has measured any (DLM-2). */
export const DISTRIBUTED_LLM_GUESSED_LAYER_MS = 2
/** Milliseconds there and back that are expected where none are measured (DLM-2). */
export const DISTRIBUTED_LLM_GUESSED_HOP_MS = 50
/** Of how many tokens one is computed again by another replica (DLM-6). */
export const DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN = 16
/** Days after which a fault is forgotten (DLM-6). */
export const DISTRIBUTED_LLM_FAULT_DAYS = 30
/** How many times the expected time a shard may take before its spare is let at the same step (DLM-4). */
export const DISTRIBUTED_LLM_STALL_FACTOR = 8
/** Least milliseconds of that: a machine pauses for breath now and then (DLM-4). */
export const DISTRIBUTED_LLM_STALL_LEAST_MS = 1000
