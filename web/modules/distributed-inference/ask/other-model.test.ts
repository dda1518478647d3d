import { describe, expect, it } from 'vitest'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL as SHOWN } from '#protocol/distributed-inference/constants.ts'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { createConversation } from './conversation.ts'
import { inPlaceOf, otherHere } from './other-model.ts'

const model = (name: string, patch: Partial<ModelState> = {}): ModelState => ({
  ...{ model: name, weights_sha256: null, bytes: 9, held_bytes: 9, layers: 6, held_layers: [], held_ends: true },
  ...{ source: 'folder', state: 'ready', problem: null, refused: null },
  ...patch,
})
const shown = model(SHOWN, { source: 'app', state: 'offered' })

describe('the model that answers in place of another', () => {
  it('is one that this device can compute alone: here as a whole, or with the app (DLM-4)', () => {
    const parts = [model('part', { state: 'partial' }), model('box', { state: 'offered', source: 'box' })]
    const none = [...parts, model('odd', { refused: 'no cache' }), model('coming', { state: 'loading' })]
    expect(otherHere(none, [])).toBeNull()
    expect(otherHere([...none, shown], [])).toBe(SHOWN)
  })

  it('is the largest that is here, and the demonstration only where there is no other', () => {
    const all = [{ ...shown, state: 'ready' as const, bytes: 99 }, model('small'), model('large', { bytes: 20 })]
    expect(otherHere(all, [])).toBe('large')
    expect(otherHere(all, ['large', null])).toBe('small')
    expect(otherHere(all, ['large', 'small'])).toBe(SHOWN)
    expect(otherHere(all, ['large', 'small', SHOWN])).toBeNull()
  })

  /** What a question that failed so would be put to. */
  async function afterFailing(code: ErrorCode, insteadOf?: string): Promise<string | null> {
    const conversation = createConversation({
      onFrame: (task) => task(),
      // biome-ignore lint/correctness/useYield: it fails before the first frame
      async *open() {
        throw new HearthError(code, 'no')
      },
    })
    await conversation.ask('Wo?', { model: 'large' }, insteadOf)
    const [turn] = conversation.turns()
    return turn ? inPlaceOf(turn, [shown, model('small')]) : null
  }

  it('is offered where the one that was asked cannot be computed now, and for no other failure', async () => {
    for (const code of ['shard_unavailable', 'pipeline_failed', 'shard_unreachable', 'partition', 'capacity_exceeded'] as const)
      expect(await afterFailing(code), code).toBe('small')
    for (const code of ['consent_required', 'bad_request', 'pipeline_cancelled'] as const)
      expect(await afterFailing(code), code).toBeNull()
    expect(await afterFailing('pipeline_failed', 'small'), 'what failed first is not tried again').toBe(SHOWN)
  })
})
