import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { AnswerFrame, Ending } from '#protocol/distributed-inference/schemas.ts'
import { type AskDeps, createConversation } from './conversation.ts'

const ENDING: Ending = {
  reason: 'end',
  prompt_tokens: 4,
  tokens: 2,
  first_token_ms: 9,
  tokens_per_second: 20,
  backend: 'wasm',
  failovers: 0,
  computed_by: 'local',
}
const words = (...texts: readonly string[]): readonly AnswerFrame[] => texts.map((text) => ({ frame: 'token_delta', text }))

/** A node that says what it is told to, and frames that are painted when the test says so. */
function create(answers: readonly (readonly AnswerFrame[] | HearthError)[]) {
  const asked: Parameters<AskDeps['open']>[0][] = []
  const frames: (() => void)[] = []
  const conversation = createConversation({
    onFrame: (task) => void frames.push(task),
    async *open(question, signal) {
      const answer = answers[asked.length]
      asked.push(question)
      if (answer instanceof HearthError) throw answer
      for (const frame of answer ?? []) yield frame
      if (answer === undefined) {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      }
      return ENDING
    },
  })
  let told = 0
  conversation.subscribe(() => {
    told += 1
  })
  return { conversation, asked, frames, told: () => told }
}

describe('a conversation', () => {
  it('carries what was said into the next question, and nothing that was never answered', async () => {
    const { conversation, asked } = create([words('Zwei ', 'Liter.'), new HearthError('shard_unavailable', 'x'), words('Ja.')])
    await conversation.ask('Wie viel Wasser?', { model: 'm' })
    await conversation.ask('Und Saft?', { model: 'm' })
    await conversation.ask('Sicher?', { model: 'm', max_tokens: 8 })
    expect(conversation.turns().map(({ state, text }) => [state, text.get()])).toEqual([
      ['done', 'Zwei Liter.'],
      ['failed', ''],
      ['done', 'Ja.'],
    ])
    expect(asked[2]).toEqual({
      model: 'm',
      max_tokens: 8,
      messages: [
        { role: 'user', content: 'Wie viel Wasser?' },
        { role: 'assistant', content: 'Zwei Liter.' },
        { role: 'user', content: 'Sicher?' },
      ],
    })
  })

  it('renders nothing for a word but the text, and that once a frame', async () => {
    const many = Array.from({ length: 500 }, (_, at) => `${at} `)
    const { conversation, frames, told } = create([words(...many)])
    await conversation.ask('Zähle', { model: 'm' })
    expect(conversation.turns()[0]?.text.get()).toBe(many.join(''))
    expect(frames).toHaveLength(1)
    expect(told(), 'asked, begun, ended').toBe(3)
  })

  it('keeps what was said when the person stops it', async () => {
    const { conversation, asked } = create([])
    const answered = conversation.ask('Wer da?', { model: 'm' })
    await Promise.resolve()
    expect(asked).toHaveLength(1)
    conversation.stop()
    await answered
    expect(conversation.turns()[0]).toMatchObject({ state: 'stopped', error: null })
  })

  it('tells what happened on the way, in order (DLM-4)', async () => {
    const failover = {
      layers: { from: 0, to: 2 },
      from: null,
      taken_over: true,
      to: null,
      reason: 'lost',
      at_token: 3,
      stall_ms: 40,
    } as const
    const { conversation } = create([
      [
        { frame: 'shard_status', topology: 'star', stages: [] },
        ...words('a'),
        { frame: 'shard_failover', failover: { ...failover, taken_over: false, stall_ms: null } },
        { frame: 'shard_failover', failover },
        { frame: 'pipeline_aborted', code: 'pipeline_failed', falls_back: true },
        ...words('b'),
        { frame: 'done', ending: ENDING },
      ],
    ])
    await conversation.ask('?', { model: 'm' })
    expect(conversation.turns()[0]).toMatchObject({
      state: 'done',
      topology: 'star',
      ending: ENDING,
      notes: [
        { kind: 'failover', failover },
        { kind: 'aborted', code: 'pipeline_failed', fallsBack: true },
      ],
    })
  })

  it('knows what the next word waits for, until it comes', async () => {
    const status = (phase?: 'engine' | 'reading'): AnswerFrame => ({
      ...{ frame: 'shard_status', topology: 'whole', stages: [] },
      ...(phase && { phase }),
    })
    const { conversation } = create([[status('engine'), status('reading'), ...words('a'), status('reading'), ...words('b')]])
    const seen: unknown[] = []
    conversation.subscribe(() => {
      const [turn] = conversation.turns()
      const now = `${turn?.state} ${turn?.phase}`
      if (seen.at(-1) !== now) seen.push(now)
    })
    await conversation.ask('?', { model: 'm' })
    expect(seen).toEqual([
      ...['waiting null', 'waiting engine', 'waiting reading', 'speaking null'],
      ...['speaking reading', 'speaking null', 'done null'],
    ])
  })

  it('takes words back that somebody computed wrongly, and says so (DLM-6)', async () => {
    const { conversation } = create([[...words('Zwei ', 'Eimer'), { frame: 'taken_back', text: 'Zwei ' }, ...words('Liter.')]])
    await conversation.ask('Wie viel Wasser?', { model: 'm' })
    const [turn] = conversation.turns()
    expect(turn?.text.get()).toBe('Zwei Liter.')
    expect(turn?.notes).toEqual([{ kind: 'taken_back' }])
  })

  it('asks one thing at a time', async () => {
    const { conversation, asked } = create([])
    const first = conversation.ask('eins', { model: 'm' })
    await conversation.ask('zwei', { model: 'm' })
    expect(asked).toHaveLength(1)
    conversation.clear()
    await first
    expect(conversation.turns()).toEqual([])
  })
})
