import '../../workers/testing/node-20.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { createSandbox } from '../../workers/modules/protocol/sandbox.ts'
import { proofsOf } from './vectors/proof.ts'

// The loopback target of `npm run conformance` in Node: the app's own node in memory, and its own functions for the vectors.

export const openHost = () => createSandbox(createRealRuntime())

type Verdict = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly code: string }

export const codec = {
  /** What this implementation makes of a vector's input. */
  async run(area: string, operation: string, input: JsonValue): Promise<Verdict> {
    const prove = (await proofsOf(area))[operation]
    if (!prove) return { ok: false, code: `nothing does ${operation}` }
    try {
      // an operation's input is what its own generator wrote
      const value: unknown = await prove(input as never)
      return { ok: true, value: JSON.parse(JSON.stringify(value)) as JsonValue } // what JSON.parse returns
    } catch (error) {
      return { ok: false, code: error instanceof HearthError ? error.code : String(error) }
    }
  },
}
