import { describe, expect, it } from 'vitest'
import { messages } from './messages.ts'
import { refusals } from './refusals.ts'

const words = messages.de.log.why

describe('what the log refused (EVT-4)', () => {
  it('is told by reason, most first, with equal words together', () => {
    expect(
      refusals({ bad_request: 1, schema_mismatch: 2, invalid_signature: 2, never_heard_of: 1, revoked: 0 }, words),
    ).toEqual([
      { why: words.bad_request, count: 3 },
      { why: words.invalid_signature, count: 2 },
      { why: words.other, count: 1 },
    ])
  })

  it('is nothing when nothing was refused', () => {
    expect(refusals({}, words)).toEqual([])
  })
})
