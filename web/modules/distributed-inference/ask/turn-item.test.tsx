import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Ending, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Language } from '../../../kit/i18n.tsx'
import { said as saidBy } from '../../../testing/said.tsx'
import { createVillageNode } from '../../../testing/village-node.ts'
import type { Turn } from './conversation.ts'
import { createLiveText } from './live-text.ts'
import { TurnItem } from './turn-item.tsx'

afterEach(() => vi.unstubAllGlobals())

const ALONE: StageStatus = {
  ...{ node_id: null, shard_id: 'm:0-5', layers: { from: 0, to: 5 }, handed: false, tokens: 0, late: [] },
  ...{ last_ms: null, mean_ms: null, sent_bytes: 0, received_bytes: 0 },
}
const ENDING: Ending = {
  ...{ reason: 'end', prompt_tokens: 4, tokens: 2, first_token_ms: 9, tokens_per_second: 20, failovers: 0 },
  ...{ backend: 'wasm', computed_by: 'local' },
}
const TURN: Turn = {
  ...{ id: 0, question: 'Wo?', model: 'm', state: 'waiting', text: createLiveText(() => undefined), phase: null },
  ...{ topology: null, stages: [], notes: [], ending: null, error: null },
}

let shown = TURN
const Item = () => <TurnItem turn={shown} onAgain={null} onStop={null} />
const said = (change: Partial<Turn>, language?: Language): Promise<string> => {
  shown = { ...TURN, ...change }
  return saidBy(Item, createVillageNode({ stage: 'member', inference: 'alone' }), language)
}

describe('an answer that has not begun', () => {
  it.each([
    [null, 'Das Modell wird geöffnet …', 'The model is being opened …'],
    ['others', 'Die anderen Geräte machen sich bereit …', 'The other devices are getting ready …'],
    ['engine', 'beim ersten Mal 14 bis 27\u00a0MB aus dieser App …', '14 to 27\u00a0MB from this app'],
    ['layers', 'in den Arbeitsspeicher …', 'into its memory …'],
    ['reading', 'Die Frage wird gelesen …', 'The question is being read …'],
  ] as const)('says what it waits for: %s', async (phase, german, english) => {
    const plain = (text: string): string => text.replace(/\s/g, ' ')
    expect(await said({ phase })).toContain(plain(german))
    expect(await said({ phase }, 'en')).toContain(plain(english))
  })

  it('says so, too, where one that had begun has to wait again', async () => {
    expect(await said({ state: 'speaking', phase: 'layers' })).toContain('in den Arbeitsspeicher …')
    expect(await said({ state: 'speaking' })).toContain('Die Antwort entsteht …')
  })
})

describe('a device that computes alone', () => {
  it('says that its processor computes, while it does and afterwards, and nothing of it where a graphics card does', async () => {
    const alone = { topology: 'whole', state: 'speaking', stages: [{ ...ALONE, backend: 'wasm' }] } as const
    expect(await said(alone)).toContain(
      'Dieses Gerät rechnet allein. Gerechnet wird auf dem Prozessor, nicht auf einer Grafikkarte.',
    )
    expect(await said({ ...alone, state: 'done', ending: ENDING }, 'en')).toContain(
      'This device computed alone. It was computed on the processor, not on a graphics card.',
    )
    expect(await said({ ...alone, stages: [{ ...ALONE, backend: 'webgpu' }] })).not.toContain('Prozessor')
    expect(await said({ ...alone, stages: [ALONE] }), 'not known').not.toContain('Prozessor')
    expect(await said({ ...alone, state: 'done', ending: { ...ENDING, backend: 'webgpu' } })).not.toContain('Prozessor')
  })
})
