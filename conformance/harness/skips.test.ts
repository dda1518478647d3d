import { describe, expect, it } from 'vitest'
import type { CaseResult } from '#protocol/protocol/report.ts'
import type { Case } from './case.ts'
import { unexpectedSkips } from './skips.ts'

const test = (id: string, change: Partial<Case> = {}): Case => ({
  id,
  title: 'A requirement.',
  needs: ['call'],
  run: async () => {},
  ...change,
})
const skipped = (id: string, reason: string): CaseResult => ({
  id,
  rule: 'A-1',
  title: 'x',
  section: 'core/x',
  state: 'skipped',
  reason,
})

describe('a skip', () => {
  const cases = [
    test('A-1.wire', { needs: ['call', 'wire'] }),
    test('A-1.echo', { capability: 'node.echo' }),
    test('A-1.plain'),
  ].map((each) => ({ section: 'core/x', test: each }))

  it('is expected where the target lacks a feature, and where the capability is not there (CONF-1)', () => {
    const results = [skipped('A-1.wire', 'no streams'), skipped('A-1.echo', 'node.echo is not advertised')]
    expect(unexpectedSkips(new Set(['call']), cases, results)).toEqual([])
  })

  it('is unexpected for any other reason, and fails the run (CONF-2)', () => {
    const results = [skipped('A-1.wire', 'too slow'), skipped('A-1.echo', 'too slow'), skipped('A-1.plain', '')]
    expect(unexpectedSkips(new Set(['call', 'wire']), cases, results)).toEqual(['A-1.wire', 'A-1.echo', 'A-1.plain'])
  })
})
