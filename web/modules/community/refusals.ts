import type { messages } from './messages.ts'

type Why = keyof (typeof messages)['de']['log']['why']

const KNOWN = ['invalid_signature', 'unauthorized', 'revoked', 'schema_mismatch', 'bad_request', 'capacity_exceeded'] as const

const whyOf = (code: string): Why => KNOWN.find((known) => known === code) ?? 'other'

/** Refused events by what a person can make of the reason (EVT-4), most first; codes that read the same count together. */
export function refusals(
  refused: Readonly<Record<string, number>>,
  words: Readonly<Record<Why, string>>,
): readonly { readonly why: string; readonly count: number }[] {
  const counts = new Map<string, number>()
  for (const [code, count] of Object.entries(refused)) {
    const why = words[whyOf(code)]
    if (count > 0) counts.set(why, (counts.get(why) ?? 0) + count)
  }
  return [...counts].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count)
}
