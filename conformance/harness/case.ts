import type { Json } from '../client/encoding.ts'
import type { Context } from './context.ts'
import type { Feature } from './target.ts'

/**
 * Where cases stand in line, one behind the other, because of what they do to others or others to them. Queues and lanes move beside each other:
 * - `waiting`: nearly all of it is waiting, for nothing to come or for long; in a lane others would stand behind it
 * - `computing`: the node offers layers, computes with them, or has peers who do; each case looks at who does and what is free
 * - `alone`: when no other case runs, after all of them: it floods, kills, switches off or counts
 */
export type Queue = 'waiting' | 'computing' | 'alone'

/** One requirement, asserted once. Its id begins with the id of its rule. */
export interface Case {
  /** `<rule>.<what>`, for instance `BUS-3.unknown-field`. */
  readonly id: string
  /** What a reader of the report learns: a whole sentence. */
  readonly title: string
  /** Capability that the system must announce, or null. */
  readonly capability?: string
  /** Protocol that the system must speak, where nothing it announces says so. */
  readonly protocol?: string
  readonly needs: readonly Feature[]
  /** Without one it runs in a lane. */
  readonly queue?: Queue
  /** Milliseconds after which it has failed. */
  readonly limitMs?: number
  readonly run: (context: Context) => Promise<void>
}

/** Rule that a case asserts: the part of its id before the first dot. */
export const ruleOf = ({ id }: Pick<Case, 'id'>): string => id.split('.')[0] ?? id

/** A requirement that does not hold: what was expected and what was seen. */
export class Violation extends Error {
  readonly expected: string
  readonly observed: string

  constructor(expected: string, observed: string) {
    super(`expected ${expected}, observed ${observed}`)
    this.name = 'Violation'
    this.expected = expected
    this.observed = observed
  }
}

const LONGEST = 600

/** A value as a reader of the report sees it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}

export function ensure(holds: boolean, expected: string, observed: unknown): asserts holds {
  if (!holds) throw new Violation(expected, shown(observed))
}

/** By canonical equality of what JSON can say. */
export function same(observed: unknown, expected: unknown, what: string): void {
  ensure(JSON.stringify(observed) === JSON.stringify(expected), `${what}: ${shown(expected)}`, observed)
}

export type JsonObject = { readonly [key: string]: Json }
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member of an object from the wire, or undefined. */
export const member = (value: unknown, ...path: readonly string[]): Json | undefined => {
  let at: unknown = value
  for (const name of path) at = isObject(at) ? at[name] : undefined
  return at as Json | undefined // a part of JSON is JSON
}

/** Error code of an answer; `ok` where there is an output; `no answer` where there is neither. */
export const outcomeOf = (answer: unknown): string => {
  const code = member(answer, 'error', 'code')
  if (typeof code === 'string') return code
  return isObject(answer) && 'output' in answer ? 'ok' : 'no answer'
}
