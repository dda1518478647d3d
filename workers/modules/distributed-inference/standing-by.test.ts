import { describe, expect, it } from 'vitest'
import type { NodeId } from '#protocol/core/ids.ts'
import { createTurn } from '../../kernel/turn.ts'
import { createRealRuntime } from '../../testing/seeded-runtime.ts'
import { createLedger } from './ledger.ts'
import { createPlace, type PlaceDeps } from './place.ts'
import type { Runner } from './runner.ts'
import { toleranceFor } from './spot-check.ts'

const WIDTH = 4
const LAYERS = { from: 0, to: 1 }
const runtime = createRealRuntime(1)

/** Somebody who computes one more than they are given, and how many rows they were given. */
function someone(name: string): Runner & { given: number } {
  return {
    nodeId: name as NodeId, // never leaves this test
    shardId: `tiny:${LAYERS.from}-${LAYERS.to}`,
    layers: LAYERS,
    given: 0,
    async forward(hidden) {
      this.given += hidden.length / WIDTH
      return hidden.map((value) => value + 1)
    },
    ended: new Promise(() => undefined),
    close: () => undefined,
  }
}

function placeWith(change: Partial<PlaceDeps>) {
  const unwanted = () => Promise.reject(new Error('nobody failed'))
  const deps: PlaceDeps = {
    ...{ runtime, stepwise: false, tolerance: toleranceFor(false), oneIn: 1, random: () => 0, atToken: () => 0 },
    reading: createTurn(),
    ...{ standBy: async () => null, judge: async () => null, replace: unwanted, reopen: unwanted },
    ...{ onFailure: unwanted, onFailover: unwanted, onFault: unwanted, onLie: unwanted, onEnd: unwanted },
    ...change,
  }
  const [input, output] = [createLedger(WIDTH), createLedger(WIDTH)]
  const place = createPlace(deps, { layers: LAYERS, input, output }, { runner: someone('first'), expectedMs: null })
  return async (tokens: number): Promise<void> => {
    for (let token = 0; token < tokens; token++) {
      const to = input.tokens + 1
      input.put(to - 1, new Float32Array(WIDTH).fill(to))
      await place.forward(to)
    }
    await place.checked()
  }
}

describe('Standing by', () => {
  it('is for those, too, who come while an answer is under way, and they have read all of it when they are needed (DLM-4)', async () => {
    const late = someone('late')
    const there: { late: Runner | null } = { late: null }
    const go = placeWith({ standBy: async () => there.late })
    await go(5)
    expect(late.given).toBe(0)
    there.late = late
    await go(4)
    expect(late.given).toBe(9)
  })

  it('is asked of nobody anew while nothing is checked: then it costs an idle session and no more (DLM-4)', async () => {
    const late = someone('late')
    let looked = 0
    const standBy = async (): Promise<Runner | null> => (++looked > 1 ? late : null)
    await placeWith({ oneIn: null, standBy })(9)
    expect([looked, late.given]).toEqual([1, 0])
  })
})
