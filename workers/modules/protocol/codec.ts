import type { LoopbackCodec } from '#protocol/protocol/suite.ts'

// as with the suite: this room knows where the proofs of the vectors lie, and does without them where they are not
const found = import.meta.glob<LoopbackCodec>('../../../scripts/lib/vectors/codec.ts', { import: 'codec' })
const [load] = Object.values(found)

/** This code's own functions for the vectors of the suite, loaded when one is asked for; null in an app without them. */
export const codec: LoopbackCodec | null = load ? { run: async (...asked) => (await load()).run(...asked) } : null
