import { describe, expect, it } from 'vitest'
import { endOf } from './lasting.ts'

const NOW = Date.UTC(2026, 4, 26, 8)

describe('how long a certificate is issued for', () => {
  it('is as chosen under a root, and never longer than the certificate above it', () => {
    expect(endOf('one', NOW, null)).toBe('2027-05-26T08:00:00Z')
    expect(endOf('one', NOW, '2026-12-31T00:00:00Z')).toBe('2026-12-31T00:00:00Z')
    expect(endOf('month', NOW, '2026-12-31T00:00:00Z')).toBe('2026-06-25T08:00:00Z')
  })
})
