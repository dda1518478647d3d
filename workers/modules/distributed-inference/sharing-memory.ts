/** What a person can set aside. */
export interface Limits {
  readonly leastBytes: number
  readonly mostBytes: number
}

const MIB = 1024 ** 2
const LEAST_BYTES = 64 * MIB
/** What a phone gives a page without killing it (1.5 GB on iOS), with room for the page itself. */
const USUAL_BYTES = 1024 * MIB
/** WebAssembly has no more addresses. */
const MOST_WITHOUT_KNOWING = 4096 * MIB

/** At most half of what the device has. @param deviceBytes null where it does not say */
export const limitsFor = (deviceBytes: number | null): Limits => ({
  leastBytes: LEAST_BYTES,
  mostBytes: Math.max(LEAST_BYTES, deviceBytes === null ? MOST_WITHOUT_KNOWING : Math.floor(deviceBytes / 2)),
})

export const usualBytes = ({ mostBytes }: Limits): number => Math.min(USUAL_BYTES, mostBytes)

/** Conversations of one shard. */
export interface Room {
  /** At a time. */
  readonly streams: number
  /** Of each, at most. */
  readonly maxTokens: number
}

/** Conversations that one shard takes at a time at most; their steps take turns. */
const MOST_STREAMS = 8
const MOST_TOKENS = 4096
/** Shorter conversations are no use to anybody. */
const LEAST_TOKENS = 128

/**
 * How many conversations, and how long, fit into memory: long ones first, then several.
 * @param positions most tokens that the model can read; null where it does not say
 * @returns null where not even a short one fits
 */
export function roomIn(bytes: number, bytesPerToken: number, positions: number | null): Room | null {
  const perToken = Math.max(1, bytesPerToken)
  const wanted = Math.min(positions ?? MOST_TOKENS, MOST_TOKENS)
  const maxTokens = Math.min(wanted, Math.floor(bytes / perToken))
  if (maxTokens < Math.min(LEAST_TOKENS, wanted)) return null
  return { maxTokens, streams: Math.max(1, Math.min(MOST_STREAMS, Math.floor(bytes / (perToken * maxTokens)))) }
}
