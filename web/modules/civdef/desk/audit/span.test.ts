import { describe, expect, it } from 'vitest'
import { edgeOf } from './span.ts'

describe('a span of an export (AUD-5)', () => {
  it('has whole days as the person’s clock has them', () => {
    const begin = edgeOf('2026-05-26', 'begin') ?? ''
    const end = edgeOf('2026-05-26', 'end') ?? ''
    expect(new Date(begin).getHours()).toBe(0)
    expect(Date.parse(end) - Date.parse(begin)).toBe(86_399_000)
  })

  it('is open where no day was chosen, or none that exists', () => {
    for (const day of ['', '2026-13-01', 'gestern', '26.5.2026']) expect(edgeOf(day, 'begin')).toBeUndefined()
  })
})
