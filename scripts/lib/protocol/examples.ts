import { claimExamples } from './examples/claims.ts'
import { communityExamples } from './examples/community.ts'
import { coreExamples } from './examples/core.ts'
import { protocolExamples } from './examples/protocol.ts'
import { wireExamples } from './examples/wire.ts'

/** An example as a page shows it: a text, or JSON. */
export type Examples = Readonly<Record<string, unknown>>

/** Every example by name, made from fixed seeds: the same in every run. */
export async function makeExamples(): Promise<Examples> {
  const parts: readonly Examples[] = [
    await coreExamples(),
    await communityExamples(),
    await claimExamples(),
    await wireExamples(),
    await protocolExamples(),
  ]
  return Object.assign({}, ...parts)
}

/** As it stands between the fences. */
export const shown = (example: unknown): string => (typeof example === 'string' ? example : JSON.stringify(example, null, 2))
