/** Seconds between beacons before jitter (LOR-2). */
export const LORA_BEACON_PERIOD_SECONDS_DEFAULT = 600
/** Bytes of a frame (M29 frame v1). */
export const LORA_BEACON_MAX_PAYLOAD_BYTES = 32
/** Received frames waiting at most (LOR-5). */
export const LORA_RX_QUEUE_MAX = 256
/** Frames per minute that one sender hash may surface (LOR-5). */
export const LORA_PEER_RX_MAX_PER_MINUTE = 20
/** Frames of a panic burst (LOR-2). */
export const LORA_PANIC_BURST_COUNT = 3
/** Milliseconds between the frames of a burst (LOR-2). */
export const LORA_PANIC_BURST_GAP_MS = 800
