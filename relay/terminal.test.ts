import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { explain, welcome } from './terminal.ts'

const box = { url: 'http://localhost:8080/', appUrl: 'http://192.168.1.5:8080/', webrtc: true }

describe('what the operator reads', () => {
  it('names both links and says honestly what plain http cannot do', () => {
    const text = welcome(box, { colours: false })
    expect(text).toContain(box.url)
    expect(text).toContain(box.appUrl)
    expect(text).toContain('--tls-cert')
    expect(welcome({ ...box, appUrl: 'https://box.example.org/' }, { colours: false })).not.toContain('--tls-cert')
  })

  it('says when WebRTC does not work on this machine', () => {
    expect(welcome({ ...box, webrtc: false }, { colours: false })).toContain('WebRTC')
    expect(welcome(box, { colours: false })).not.toContain('WebRTC')
  })

  it('explains a failed start without a stack, unless it is a bug', () => {
    expect(explain(Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }))).toMatch(/^Der Port ist schon belegt/)
    expect(explain(new HearthError('bad_request', '--port'))).toBe('--port')
    expect(explain(new TypeError('bug'))).toContain('TypeError: bug\n    at ')
  })
})
