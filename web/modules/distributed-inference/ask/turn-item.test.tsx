import { afterEach, describe, expect, it, vi } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
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
  ...{
    id: 0,
    question: 'Wo?',
    model: 'm',
    insteadOf: null,
    state: 'waiting',
    text: createLiveText(() => undefined),
    phase: null,
  },
  ...{ topology: null, stages: [], notes: [], ending: null, error: null },
}

let shown = TURN
let offered: string | null = null
const Item = () => <TurnItem turn={shown} onAgain={null} other={offered} onOther={() => undefined} onStop={null} />
const said = (change: Partial<Turn>, language: Language = 'de', other: string | null = null): Promise<string> => {
  shown = { ...TURN, ...change }
  offered = other
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

describe('a question whose model cannot be computed', () => {
  const failed = { state: 'failed', model: 'gross', error: new HearthError('pipeline_failed', 'nobody') } as const

  it('can be put to another one here, which is said in words and done by nobody but the person (DLM-4)', async () => {
    expect(await said(failed, 'de', DISTRIBUTED_LLM_DEMONSTRATION_MODEL)).toMatch(
      /Auf diesem Gerät kann ein anderes Modell antworten: Vorführmodell\. Es zeigt, wie es geht.*Mit Vorführmodell auf diesem Gerät antworten/,
    )
    expect(await said(failed, 'en', 'klein')).toContain('Answer with klein on this device')
    expect(await said(failed)).not.toContain('anderes Modell')
  })

  it('says then whose words the answer is made of', async () => {
    const text = createLiveText((task) => task())
    text.append('Links.')
    const done = { state: 'done', text, ending: ENDING, model: 'klein' } as const
    expect(await said({ ...done, insteadOf: 'gross' })).toContain(
      'Antwort von: klein, auf diesem Gerät und an Stelle von gross.',
    )
    expect(await said({ state: 'waiting', model: 'klein', insteadOf: 'gross' }, 'en'), 'from the beginning').toContain(
      'Answered by: klein, on this device and in place of gross.',
    )
    expect(await said(done)).toContain('Antwort von: klein.')
  })
})
