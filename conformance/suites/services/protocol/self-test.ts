import { type Json, verify } from '../../../client/encoding.ts'
import { type Case, ensure, isObject, member, same } from '../../../harness/case.ts'
import { VECTORS } from '../../../harness/vectors.ts'

const REPORT = 'protocol.conformance.report'
const RUN_MS = 120_000
const SECTION = 'core/vectors'

const stateOf = (result: Json): string => String(member(result, 'state'))

export const cases: readonly Case[] = [
  {
    id: 'CONF-6.tests-itself',
    title:
      'Told to, a node runs every vector over its own functions, where nobody else can reach them, and signs what came out',
    capability: REPORT,
    needs: ['person', 'self-test'],
    queue: 'alone',
    limitMs: RUN_MS + 10_000,
    async run({ does, eventually, target }) {
      const phase = async () => member(await does(REPORT, { action: 'fetch' }), 'state', 'phase')
      await does(REPORT, { action: 'run', sections: [SECTION], share: false })
      ensure(await eventually(async () => (await phase()) === 'idle', RUN_MS), 'an end of the run', await phase())
      const answer = await does(REPORT, { action: 'fetch' })
      const [summary, results] = [member(answer, 'report', 'summary'), member(answer, 'report', 'cases')]
      ensure(isObject(summary) && verify(target.nodeId, summary), 'a report under its own signature', answer)
      ensure(Array.isArray(results), 'cases', answer)
      const failed = results.filter((result) => stateOf(result) === 'failed')
      ensure(failed.length === 0, 'no case that fails', failed)
      const passed = new Set(results.filter((result) => stateOf(result) === 'passed').map((result) => member(result, 'id')))
      const missing = VECTORS.map(({ name, file }) => `${file.rule}.vectors.${name.replace('/', '.')}`).filter(
        (id) => !passed.has(id),
      )
      same(missing, [], 'files of vectors that did not run')
    },
  },
]
