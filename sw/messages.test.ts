import { describe, expect, it } from 'vitest'
import { parseRequest } from './messages.ts'

describe('parseRequest', () => {
  it('knows the requests a page may make', () => {
    expect(parseRequest({ type: 'SKIP_WAITING' })).toEqual({ type: 'SKIP_WAITING' })
    expect(parseRequest({ type: 'GET_STATE', extra: 1 })).toEqual({ type: 'GET_STATE' })
    expect(parseRequest({ type: 'TAKE_SHARED' })).toEqual({ type: 'TAKE_SHARED' })
  })

  it.each([null, undefined, 'SKIP_WAITING', 7, {}, { type: 'CACHE_URLS' }, { type: 7 }, []])('ignores %o', (data) => {
    expect(parseRequest(data)).toBeNull()
  })
})
