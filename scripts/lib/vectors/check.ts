import '../../../workers/testing/node-20.ts'
import { isDeepStrictEqual } from 'node:util'
import { HearthError } from '#protocol/core/errors.ts'
import type { PlacedFile } from './files.ts'
import type { Vector } from './format.ts'
import { inputOf, proofsOf } from './proof.ts'

/** What this implementation makes of an input: what comes out, or the code it is refused with. */
async function outcomeOf(prove: () => unknown): Promise<unknown> {
  try {
    return { expected: JSON.parse(JSON.stringify(await prove())) as unknown }
  } catch (error) {
    return error instanceof HearthError ? { error: error.code } : { crash: String(error) }
  }
}

const dueOf = (vector: Vector): unknown => ('error' in vector ? { error: vector.error } : { expected: vector.expected })

/** Vectors that do not come out as they say, one line each. @param enough after so many it stops */
export async function failuresIn(files: readonly PlacedFile[], enough = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const { path, file } of files) {
    const proofs = await proofsOf(file.area)
    const prove = proofs[file.operation]
    if (!prove) throw new TypeError(`nothing proves ${file.operation}`)
    for (const vector of file.vectors) {
      // an operation's input is what its own generator wrote
      const outcome = await outcomeOf(() => prove(inputOf(vector) as never))
      if (isDeepStrictEqual(outcome, dueOf(vector))) continue
      wrong.push(`${path}: ${vector.name}: ${JSON.stringify({ due: dueOf(vector), outcome })}`)
      if (wrong.length >= enough) return wrong
    }
  }
  return wrong
}
