/** Bytes of tensor data per frame at most (TEN-4). */
export const TENSOR_CHUNK_BYTES = 1_048_576
/** Unacknowledged frames per session at most (TEN-7). */
export const TENSOR_FLOW_CONTROL_WINDOW = 16
/** Bytes of tensor data up to which a frame is never compressed (TEN-8). */
export const TENSOR_COMPRESSION_THRESHOLD_BYTES = 65_536
/** Level of zstd; any level can be read (TEN-8). */
export const TENSOR_COMPRESSION_LEVEL = 3
/** Quiet seconds before a ping; without a pong in twice that the session is closed (TEN-9). */
export const TENSOR_KEEPALIVE_SECONDS = 30
/** Longest life of a session in seconds (TEN-9). */
export const TENSOR_MAX_SESSION_LIFETIME_SECONDS = 3600
/** Seconds for the other side to say HELLO (TEN-5). */
export const TENSOR_HELLO_SECONDS = 10
/** Open sessions of one node at most (TEN-9). */
export const TENSOR_MAX_SESSIONS = 64
/** Bytes of one session's tensors at most: those unfinished by their shapes, those received until they are read (TEN-9). */
export const TENSOR_MAX_BUFFERED_BYTES = 67_108_864
/** Tensors of one session that have begun and not ended, at most (TEN-9). */
export const TENSOR_MAX_UNFINISHED = 64
/** Dimensions of a tensor at most (TEN-4). */
export const TENSOR_MAX_DIMS = 8
/** Bytes of a text or JSON payload at most: HELLO, NACK, BYE, FLOWCTL (TEN-2). */
export const TENSOR_MAX_TEXT_BYTES = 4096
/** Frames that may overtake waiting bulk before one of bulk goes (TEN-11). */
export const TENSOR_URGENT_RUN = 8
/** Credits that bulk leaves for urgent frames, where the window is large enough to spare them (TEN-11). */
export const TENSOR_URGENT_RESERVE = 2
