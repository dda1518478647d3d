import { describe, expect, it } from 'vitest'
import { isolate } from './isolation.ts'

describe('isolate', () => {
  it('adds the headers of cross-origin isolation that the host did not set', async () => {
    const response = isolate(new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }))
    expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp')
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
    expect(response.headers.get('Content-Type')).toBe('text/html')
    expect(await response.text()).toBe('<!doctype html>')
  })

  it('leaves what the host did set', () => {
    const response = isolate(new Response('', { headers: { 'Cross-Origin-Embedder-Policy': 'credentialless' } }))
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('credentialless')
    expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
  })

  it('keeps the status, also of an answer without a body', () => {
    expect(isolate(new Response('gone', { status: 404, statusText: 'Not Found' }))).toMatchObject({
      status: 404,
      statusText: 'Not Found',
    })
    expect(isolate(new Response(null, { status: 204 })).status).toBe(204)
  })

  it('passes a failed response untouched', () => {
    const failed = Response.error()
    expect(isolate(failed)).toBe(failed)
  })
})
