import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN } from '#protocol/distributed-inference/constants.ts'
import { type Answers, createAnswers, MODELS, ONE_OR_ALL, OTHER_WEIGHTS, TOPOLOGIES } from './testing/answers.ts'
import type { Device } from './testing/devices.ts'

/** Tokens that are said while a check, and who decides, are under way. */
const SLACK = 6

type Hidden = Float32Array<ArrayBuffer>

const rootMeanSquare = (row: Float32Array): number => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length)
const scaled = (hidden: Hidden): Hidden => hidden.map((value) => value * 1.05)

const gives = (liar: Device, change: (hidden: Hidden) => Hidden, to?: 'next' | 'asker'): void => {
  liar.fault = { kind: 'gives', at: 12, once: false, change, ...(to && { to }) }
}

describe.each(ONE_OR_ALL)('who lies about %s', (...model) => {
  let answers: Answers
  beforeAll(async () => {
    answers = await createAnswers(model)
  })
  beforeEach(() => answers.reset())

  const lies: readonly (readonly [string, (liar: Device) => void])[] = [
    ['what is no number', (liar) => gives(liar, (hidden) => hidden.fill(Number.NaN, 0, 1))],
    ['something scaled', (liar) => gives(liar, scaled)],
    [
      'one element that is wrong',
      (liar) =>
        gives(liar, (hidden) =>
          hidden.map((value, index) => (index === hidden.length - 4 ? value + 8 * rootMeanSquare(hidden) : value)),
        ),
    ],
    ['garbage', (liar) => gives(liar, (hidden) => hidden.map((_, index) => Math.sin(index * index)))],
    [
      'other layers',
      (liar) => {
        const layer = answers.facts.layers - 1
        liar.computes = { from: layer, to: layer }
      },
    ],
    [
      'the work of other weights',
      (liar) => {
        liar.weights = OTHER_WEIGHTS
      },
    ],
  ]
  const cases = TOPOLOGIES.flatMap((topology) => lies.map(([what, lie]) => [what, topology, lie] as const))

  it.each(cases)('is found out giving %s in a %s, and what was said of it is taken back (DLM-6)', async (_, topology, lie) => {
    const { settle, over, whole, open, faults } = answers
    // the first of three: in a chain the others compute on from what it gave
    const [liar] = settle(3, 3, topology)
    if (!liar) throw new Error('no device')
    lie(liar)
    const found = new Map<string, number>()
    const after = await over({
      oneIn: 1,
      onFault: (nodeId) => {
        faults.set(nodeId, 1)
        found.set(nodeId, (found.get(nodeId) ?? 0) + 1)
      },
    })
    expect([...found.keys()]).toEqual([liar.nodeId])
    expect(after.tokens).toEqual(whole.greedy)
    expect(open()).toBe(0)
  })

  it.each(TOPOLOGIES)(
    'as a spare in a %s is found out, and the answer goes on with who was right (DLM-6)',
    async (topology) => {
      const { settle, over, whole, faults } = answers
      const [, , , , spare] = settle(2, 3, topology)
      if (!spare) throw new Error('no devices')
      gives(spare, scaled)
      const after = await over({ oneIn: 1 })
      expect([...faults.keys()]).toEqual([spare.nodeId])
      expect(after.ending).toMatchObject({ failovers: 0, computed_by: 'pipeline' })
      expect(after.tokens).toEqual(whole.greedy)
    },
  )

  it('ends the answer where two disagree and nobody can say who is right (DLM-6)', async () => {
    const { settle, over, faults } = answers
    const [liar] = settle(1, 2)
    if (!liar) throw new Error('no device')
    gives(liar, scaled)
    await expect(over({ oneIn: 1 })).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect(faults.size).toBe(0)
    const alone = await over({ oneIn: 1 }, {}, { fallsBack: true })
    expect(alone.ending.computed_by).toBe('fallback')
  })

  it('tells the next shard something else than who asks, and nobody honest is blamed for it (DLM-11)', async () => {
    const { settle, over, whole, open, faults } = answers
    const [liar] = settle(3, 1, 'chain')
    if (!liar) throw new Error('no device')
    gives(liar, scaled, 'next')
    const after = await over()
    expect(after.tokens).toEqual(whole.greedy)
    expect(after.ending).toMatchObject({ failovers: 0, computed_by: 'pipeline' })
    // from then on the next one is given its steps by who asks; the one after it, whose cache is not true either, too
    expect(after.progress.stages().map(({ handed }) => handed)).toEqual([false, false, false])
    expect(faults.size).toBe(0)
    expect(open()).toBe(0)
  })

  it('says that it was handed something else than it was, and only loses its cache (DLM-11)', async () => {
    const { settle, over, whole, open, faults } = answers
    const [, liar] = settle(3, 1, 'chain')
    if (!liar) throw new Error('no device')
    liar.fault = { kind: 'forges', at: 12 }
    const after = await over()
    expect(after.tokens).toEqual(whole.greedy)
    expect(liar.opened).toBe(2)
    expect([faults.size, open()]).toEqual([0, 0])
  })

  it('never hands a step on: the next one is given it, and nobody is given up for it (DLM-11)', async () => {
    const { settle, over, whole, faults } = answers
    const [idle, next] = settle(2, 1, 'chain')
    if (!idle || !next) throw new Error('no device')
    idle.fault = { kind: 'keeps', at: 14 }
    const after = await over()
    expect(after.tokens).toEqual(whole.greedy)
    expect(after.progress.failovers).toEqual([])
    expect(after.progress.stages().map(({ handed }) => handed)).toEqual([false, false])
    expect(faults.size).toBe(0)
  })

  it('tells who asks something else than the next shard, and is found out by the next check (DLM-11)', async () => {
    const { settle, over, whole, faults } = answers
    const [liar] = settle(2, 3, 'chain')
    if (!liar) throw new Error('no device')
    gives(liar, scaled, 'asker')
    const after = await over({ oneIn: 1 })
    expect([...faults.keys()]).toEqual([liar.nodeId])
    expect(after.tokens).toEqual(whole.greedy)
  })
})

describe('the chance of being found out (DLM-6)', () => {
  const ONE_IN = DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN
  let answers: Answers
  beforeAll(async () => {
    const [small] = MODELS
    if (!small) throw new Error('no model')
    answers = await createAnswers(small)
  })
  beforeEach(() => answers.reset())

  it('is one token in sixteen of a long answer', async () => {
    const tokens = 320
    const [, spare] = answers.settle(1, 2)
    const { ending } = await answers.over({ oneIn: ONE_IN }, { maxTokens: tokens })
    expect(ending.tokens).toBe(tokens)
    // the spare reads in one step what it has not seen: as many steps as checks, and now and then two checks in one
    const [expected, deviation] = [tokens / ONE_IN, Math.sqrt(tokens * (1 / ONE_IN) * (1 - 1 / ONE_IN))]
    expect(spare?.steps).toBeGreaterThan(expected - 4 * deviation)
    expect(spare?.steps).toBeLessThan(expected + 4 * deviation)
  })

  it('is as high for a lie within sixteen tokens as is stated', async () => {
    const answersInAll = 24
    const until: number[] = []
    for (let each = 0; each < answersInAll; each++) {
      answers.reset()
      const [liar] = answers.settle(1, 3)
      if (!liar) throw new Error('no device')
      liar.fault = { kind: 'gives', at: 0, once: false, change: scaled }
      const found = new AbortController()
      const answer = answers.over({ oneIn: ONE_IN, onFault: () => found.abort() }, { maxTokens: 120 }, { signal: found.signal })
      await expect(answer).rejects.toMatchObject({ code: 'pipeline_cancelled' })
      until.push(answers.told())
    }
    const within = until.filter((tokens) => tokens <= ONE_IN + SLACK).length / answersInAll
    const stated = 1 - (1 - 1 / ONE_IN) ** ONE_IN
    const deviation = Math.sqrt((stated * (1 - stated)) / answersInAll)
    expect(within).toBeGreaterThan(stated - 4 * deviation)
    // and it is a check of some tokens, not of all
    expect(Math.max(...until)).toBeGreaterThan(SLACK)
  })
})
