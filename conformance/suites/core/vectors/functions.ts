import { canonical, type Json } from '../../../client/encoding.ts'
import { type Case, ensure } from '../../../harness/case.ts'
import { inputOf, VECTORS } from '../../../harness/vectors.ts'

const SHOWN = 3

/** Every file of vectors against the system's own functions, where they can be reached. */
export const cases: readonly Case[] = VECTORS.map(
  ({ name, file }): Case => ({
    id: `${file.rule}.vectors.${name.replace('/', '.')}`,
    title: `${file.about.replace(/\.$/, '')}: all ${file.vectors.length} vectors come out as they say`,
    needs: ['codec'],
    async run({ codec }) {
      const wrong: Json[] = []
      for (const vector of file.vectors) {
        const verdict = await codec.run(file.area, file.operation, inputOf(vector))
        const due = vector.error === undefined ? { ok: true, value: vector.expected ?? {} } : { ok: false, code: vector.error }
        if (canonical(verdict) !== canonical(due))
          wrong.push({ vector: vector.name, due: due as Json, verdict: verdict as Json }) // JSON both
      }
      ensure(
        wrong.length === 0,
        `all ${file.vectors.length}`,
        `${wrong.length} differ: ${JSON.stringify(wrong.slice(0, SHOWN))}`,
      )
    },
  }),
)
