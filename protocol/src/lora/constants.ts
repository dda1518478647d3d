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
/** A beacon goes at most this part of the interval before or after its time, so that neighbours do not keep colliding (LOR-2). */
export const LORA_BEACON_JITTER = 0.1
/** The sliding hour of the duty cycle (LOR-1). */
export const LORA_DUTY_WINDOW_SECONDS = 3600
/** Seconds of one interval of a v2 key chain (LOR-7). */
export const LORA_KEY_INTERVAL_SECONDS = 300
/** A key is disclosed this many intervals after its own (LOR-7). */
export const LORA_KEY_DISCLOSURE_INTERVALS = 2
/** Seconds for which one panic token holds (LOR-9). */
export const LORA_PANIC_PERIOD_SECONDS = 900
/** Days one anchor covers (LOR-8). */
export const LORA_CHAIN_DAYS = 366
/** A new chain is anchored when its predecessor has this many days left (LOR-8). */
export const LORA_CHAIN_RENEW_DAYS = 60
/** How far a receiver's clock may be from a sender's for a frame to be confirmed (LOR-7). */
export const LORA_MAX_CLOCK_ERROR_SECONDS = 120
/** Frames of one sender in one interval that wait for their key; beyond that a random one gives way (LOR-10). */
export const LORA_PENDING_PER_INTERVAL_MAX = 128
/** Frames of everybody that wait for their key (LOR-10). */
export const LORA_PENDING_MAX = 2048
/** Senders nobody has decided about that are remembered; the longest silent goes first (LOR-5). */
export const LORA_UNKNOWN_PEERS_MAX = 512
/** Beacons a device remembers. */
export const LORA_RECENT_BEACONS_MAX = 500
/** Calls for help a device remembers; unproven ones go first. */
export const LORA_PANICS_MAX = 64
