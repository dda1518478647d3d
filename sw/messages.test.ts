import { describe, expect, it } from 'vitest'
import { parseRequest } from './messages.ts'

describe('parseRequest', () => {
  it('knows the two requests a page may make', () => {
    expect(parseRequest({ type: 'SKIP_WAITING' })).toEqual({ type: 'SKIP_WAITING' })
    expect(parseRequest({ type: 'GET_STATE', extra: 1 })).toEqual({ type: 'GET_STATE' })
  })

  it.each([null, undefined, 'SKIP_WAITING', 7, {}, { type: 'CACHE_URLS' }, { type: 7 }, []])('ignores %o', (data) => {
    expect(parseRequest(data)).toBeNull()
  })
})
