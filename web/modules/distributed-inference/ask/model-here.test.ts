import { describe, expect, it } from 'vitest'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { modelImport, modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { createFakeClient } from '../../../testing/fake-client.ts'
import { modelHere } from './model-here.ts'

const MODEL: ModelState = {
  model: 'small',
  weights_sha256: null,
  bytes: 9,
  held_bytes: 0,
  layers: 0,
  held_layers: [],
  held_ends: false,
  source: 'app',
  state: 'offered',
  problem: null,
  refused: null,
}

/** A node on which the model goes through `states`, one with each look. */
function passing(states: readonly Partial<ModelState>[]) {
  const client = createFakeClient()
  let looks = 0
  client.answer(modelList, () => {
    const now = states[Math.min(looks++, states.length - 1)]
    return { models: [{ ...MODEL, ...now }], free_bytes: null }
  })
  client.answer(modelImport, () => ({}))
  return client
}
const never = (): AbortSignal => new AbortController().signal

describe('a model that is asked', () => {
  it('is brought first where the app or its box has it, and only once', async () => {
    const client = passing([{}, { state: 'loading' }, { state: 'checking' }, { state: 'ready' }])
    await modelHere(client, 'small', never())
    expect(client.callsOf(modelImport)).toEqual([{ model: 'small', from: 'app' }])
  })

  it('is asked at once where it is here, wholly or in part, or known to nobody', async () => {
    for (const state of ['ready', 'partial'] as const) {
      const client = passing([{ state }])
      await modelHere(client, 'small', never())
      expect(client.callsOf(modelImport)).toEqual([])
    }
    const client = passing([{}])
    await modelHere(client, 'unheard-of', never())
    expect(client.callsOf(modelImport)).toEqual([])
  })

  it('says why it did not come', async () => {
    const failed = passing([{}, { state: 'loading' }, { state: 'failed', problem: 'capacity_exceeded' }])
    await expect(modelHere(failed, 'small', never())).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })

  it('is waited for no longer than the person wants', async () => {
    const client = passing([{ state: 'loading' }])
    const stop = new AbortController()
    const waiting = modelHere(client, 'small', stop.signal)
    stop.abort(new RangeError('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
