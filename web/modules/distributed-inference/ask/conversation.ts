import type { Input } from '#protocol/core/capability.ts'
import { type HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { AnswerFrame, Ending, Failover, Phase, Plan, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import { createLiveText, type LiveText } from './live-text.ts'

type Question = Input<typeof chat>

/** What happened while an answer was computed, in order. */
export type Note =
  | { readonly kind: 'failover'; readonly failover: Failover }
  | { readonly kind: 'aborted'; readonly code: string; readonly fallsBack: boolean }
  | { readonly kind: 'taken_back' }

/** A question and what came of it. The text grows apart from it, so that a word renders nothing else. */
export interface Turn {
  readonly id: number
  readonly question: string
  readonly model: string
  /** The model that was asked first and could not be computed, where a person let this one answer in its place. */
  readonly insteadOf: string | null
  /** `waiting`: not a word yet. */
  readonly state: 'waiting' | 'speaking' | 'done' | 'stopped' | 'failed'
  readonly text: LiveText
  /** What the next word waits for; null while words come, and before the node has said. */
  readonly phase: Phase | null
  readonly topology: Plan['topology'] | null
  readonly stages: readonly StageStatus[]
  readonly notes: readonly Note[]
  readonly ending: Ending | null
  readonly error: HearthError | null
}

export interface AskDeps {
  /** Asks the node. */
  readonly open: (question: Question, signal: AbortSignal) => AsyncGenerator<AnswerFrame, Ending>
  /** Runs a task before the next paint. */
  readonly onFrame: (task: () => void) => void
}

export type AskOptions = Omit<Question, 'messages'>

/** Questions and answers of one page, oldest first; it goes on while the person looks at other screens. */
export interface Conversation {
  readonly turns: () => readonly Turn[]
  readonly subscribe: (listener: () => void) => () => void
  /** Asks, with all that was said before. @returns when the answer has ended, however it did */
  ask(question: string, options: AskOptions, insteadOf?: string): Promise<void>
  /** Stops the answer that is under way; what was said stays. */
  stop(): void
  /** Takes the last turn back, so that its question can be asked again. */
  dropLast(): void
  /** Forgets everything that was said. */
  clear(): void
}

/** The same failure is told several times: as it happens, when somebody takes over, and when it is known how long it took. */
const isSame = (note: Note, { layers, from }: Failover): boolean =>
  note.kind === 'failover' && note.failover.from === from && note.failover.layers.from === layers.from

function withFailover(notes: readonly Note[], failover: Failover): readonly Note[] {
  const at = notes.findLastIndex((note) => isSame(note, failover))
  const told = at < 0 ? null : notes[at]
  const settled = told?.kind === 'failover' && told.failover.stall_ms !== null
  const note: Note = { kind: 'failover', failover }
  return at < 0 || settled ? [...notes, note] : notes.with(at, note)
}

const isOver = ({ state }: Turn): boolean => state === 'done' || state === 'stopped' || state === 'failed'

/** What the model is told of a turn: nothing of one that it never answered. */
function messagesOf(turn: Turn): Question['messages'] {
  const content = turn.text.get()
  if (content === '') return []
  return [
    { role: 'user', content: turn.question },
    { role: 'assistant', content },
  ]
}

export function createConversation({ open, onFrame }: AskDeps): Conversation {
  const listeners = new Set<() => void>()
  let turns: readonly Turn[] = []
  let stopping = new AbortController()
  let next = 0

  function set(now: readonly Turn[]): void {
    turns = now
    for (const listener of [...listeners]) listener()
  }
  const change = (id: number, patch: Partial<Turn>): void =>
    set(turns.map((turn) => (turn.id === id ? { ...turn, ...patch } : turn)))
  const turnOf = (id: number): Turn | undefined => turns.find((turn) => turn.id === id)

  function take(id: number, frame: AnswerFrame): void {
    const turn = turnOf(id)
    if (!turn) return
    const note = (added: Note): void => change(id, { notes: [...turn.notes, added] })
    if (frame.frame === 'token_delta') {
      const isNews = turn.state === 'waiting' || turn.phase !== null
      if (isNews && frame.text !== '') change(id, { state: 'speaking', phase: null })
    } else if (frame.frame === 'shard_status') {
      const { stages, topology, phase = null } = frame
      change(id, { stages, topology, phase })
    } else if (frame.frame === 'shard_failover') change(id, { notes: withFailover(turn.notes, frame.failover) })
    else if (frame.frame === 'taken_back') note({ kind: 'taken_back' })
    else if (frame.frame === 'pipeline_aborted') note({ kind: 'aborted', code: frame.code, fallsBack: frame.falls_back })
    else change(id, { ending: frame.ending })
  }

  async function ask(question: string, options: AskOptions, insteadOf: string | null = null): Promise<void> {
    if (turns.some((turn) => !isOver(turn))) return
    const id = next++
    const text = createLiveText(onFrame)
    const controller = new AbortController()
    stopping = controller
    const messages: Question['messages'] = [...turns.flatMap(messagesOf), { role: 'user', content: question }]
    const { model } = options
    const fresh = { phase: null, topology: null, stages: [], notes: [], ending: null, error: null }
    set([...turns, { id, question, model, insteadOf, state: 'waiting', text, ...fresh }])
    let outcome: Partial<Turn>
    try {
      const frames = open({ ...options, messages }, controller.signal)
      for (;;) {
        const frame = await frames.next()
        if (frame.done) {
          outcome = { state: 'done', ending: frame.value }
          break
        }
        if (frame.value.frame === 'token_delta') text.append(frame.value.text)
        if (frame.value.frame === 'taken_back') text.replace(frame.value.text)
        take(id, frame.value)
      }
    } catch (thrown) {
      outcome = controller.signal.aborted ? { state: 'stopped' } : { state: 'failed', error: toHearthError(thrown) }
    }
    text.flush()
    change(id, outcome)
  }

  return {
    turns: () => turns,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ask,
    stop: () => stopping.abort(),
    dropLast: () => set(turns.slice(0, -1)),
    clear() {
      stopping.abort()
      set([])
    },
  }
}
