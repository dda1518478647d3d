import { describe, expect, it } from 'vitest'
import { parseContentId } from '#protocol/core/ids.ts'
import { EVERYTHING, isFiltered, narrowed, newerPage, olderPage, pageRange, queryInput } from './claim-filter.ts'
import { draftFromQuery } from './prefill.ts'

const cursor = parseContentId(`blake3:${'0'.repeat(64)}`)

describe('the list of claims', () => {
  it('asks for everything until a filter says otherwise', () => {
    expect(queryInput(EVERYTHING)).toEqual({ limit: 25 })
    expect(queryInput(narrowed(EVERYTHING, { search: '  ' }))).toEqual({ limit: 25 })
    expect(isFiltered(narrowed(EVERYTHING, { search: '  ' }))).toBe(false)
  })

  it('searches by the beginning of the subject and by predicate', () => {
    expect(queryInput(narrowed(EVERYTHING, { search: ' Rat haus ', predicate: 'liegt bei' }))).toEqual({
      limit: 25,
      subject_prefix: 'Rat haus',
      predicate: 'liegt bei',
    })
  })

  it('asks for what is well founded, and for the strongest first', () => {
    const filter = narrowed(EVERYTHING, { least: 'cited', order: 'strongest' })
    expect(queryInput(filter)).toEqual({ limit: 25, min_evidence: 'cited', order: 'strongest' })
    expect(isFiltered(filter)).toBe(true)
    expect(isFiltered(narrowed(EVERYTHING, { order: 'strongest' }))).toBe(false)
  })

  it('goes a page on and back, and to the first page with a new search', () => {
    const second = olderPage(EVERYTHING, cursor)
    expect(queryInput(second).after).toBe(cursor)
    expect(pageRange(second, 3)).toEqual({ from: 26, to: 28 })
    expect(newerPage(second)).toEqual(EVERYTHING)
    expect(narrowed(second, { search: 'x' }).cursors).toEqual([])
    expect(pageRange(EVERYTHING, 0)).toEqual({ from: 0, to: 0 })
  })
})

describe('a draft from what was shared', () => {
  it('takes the address out of the text, where phones put it', () => {
    const draft = draftFromQuery(new URLSearchParams({ title: 'Rathaus', text: 'Heute zu https://issum.de/a' }))
    expect(draft).toMatchObject({
      subject: 'Rathaus',
      object: 'Heute zu',
      sources: [{ kind: 'url', url: 'https://issum.de/a' }],
    })
  })

  it('never takes a script for an address', () => {
    expect(draftFromQuery(new URLSearchParams({ url: 'javascript:alert(1)' })).sources).toEqual([])
  })
})
