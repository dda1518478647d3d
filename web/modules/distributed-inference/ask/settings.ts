import type { Input } from '#protocol/core/capability.ts'
import type { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'

/** What a person chose for their questions; numbers as they typed them. */
export interface Settings {
  /** Written and not asked yet: it is still there after a look at another page. */
  readonly draft: string
  /** Null until one is chosen: then the first that can answer. */
  readonly model: string | null
  readonly computedBy: 'auto' | 'local' | 'pipeline_first'
  readonly temperature: number
  readonly maxTokens: string
  readonly seed: string
  readonly topK: string
  readonly topP: string
  readonly repetition: string
  readonly stop: string
}

export const FIRST_SETTINGS: Settings = {
  draft: '',
  model: null,
  computedBy: 'auto',
  temperature: 0,
  maxTokens: '',
  seed: '',
  topK: '',
  topP: '',
  repetition: '',
  stop: '',
}

type Question = Input<typeof chat>

const numberOf = (text: string): number => Number(text.trim().replace(',', '.'))

/** Whether a field for a number says something that can be used: a number as people of either language type it, or nothing. */
export const isUsable = (text: string): boolean => !Number.isNaN(numberOf(text))

/** Such a number within limits; undefined where it is none. */
const numberIn = (text: string, least: number, most: number): number | undefined =>
  text.trim() === '' || !isUsable(text) ? undefined : Math.min(most, Math.max(least, numberOf(text)))

const wholeIn = (text: string, least: number, most: number): number | undefined => {
  const value = numberIn(text, least, most)
  return value === undefined ? undefined : Math.round(value)
}

/** Without the entries that say nothing. */
function said<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // what is left has no undefined in it
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as ReturnType<typeof said<T>>
}

/** What of a question is chosen rather than asked (DLM-3). */
export function wishesOf(settings: Settings): Pick<Question, 'sampling' | 'max_tokens' | 'stop'> {
  const { temperature, maxTokens, seed, topK, topP, repetition, stop } = settings
  const sampling = said({
    temperature: temperature > 0 ? temperature : undefined,
    seed: wholeIn(seed, 0, 4_294_967_295),
    top_k: wholeIn(topK, 0, 100_000),
    top_p: numberIn(topP, 0, 1),
    repetition_penalty: numberIn(repetition, 0.1, 10),
  })
  return said({
    sampling: Object.keys(sampling).length > 0 ? sampling : undefined,
    max_tokens: wholeIn(maxTokens, 1, 8192),
    stop: stop === '' ? undefined : [stop.slice(0, 64)],
  })
}
