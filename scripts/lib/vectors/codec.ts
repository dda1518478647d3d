import { HearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { LoopbackCodec } from '#protocol/protocol/suite.ts'
import { proofsOf } from './proof.ts'

/** This implementation's own functions, for the vectors: in Node, and in the app that runs the suite on itself. */
export const codec: LoopbackCodec = {
  async run(area, operation, input) {
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
