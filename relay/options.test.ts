import { describe, expect, it } from 'vitest'
import { DEFAULTS, HELP, parseCommandLine } from './options.ts'

describe('the command line of the box', () => {
  it('needs nothing', () => {
    expect(parseCommandLine([])).toEqual({ help: false, options: DEFAULTS })
  })

  it('takes every option', () => {
    const args =
      '--port 9000 --host 192.0.2.1 --data d --web w --tls-cert c --tls-key k --announce https://box.example.org --webrtc-port 9001 --hub https://hub.example.org/rpc --feed https://feed.example.org/a.json --models https://models.example.org/llama/'
    expect(parseCommandLine(args.split(' '))).toEqual({
      help: false,
      options: {
        port: 9000,
        host: '192.0.2.1',
        data: 'd',
        web: 'w',
        tls: { cert: 'c', key: 'k' },
        announce: 'https://box.example.org/',
        hub: 'https://hub.example.org',
        feed: 'https://feed.example.org',
        models: 'https://models.example.org',
        webrtcPort: 9001,
      },
    })
  })

  it.each([
    [['--port', 'http'], '--port'],
    [['--port', '65536'], '--port'],
    [['--webrtc-port', '-1'], '--webrtc-port'],
    [['--host', 'localhost'], '--host'],
    [['--tls-cert', 'c'], '--tls-key'],
    [['--announce', 'box.example.org'], '--announce'],
    [['--announce', 'https://box.example.org/app'], '--announce'],
    [['--hub', 'http://hub.example.org/'], '--hub'],
    [['--feed', 'https://a.example; script-src *'], '--feed'],
    [['--hub', 'https://*.example.org/'], '--hub'],
    [['--models', 'http://models.example.org/'], '--models'],
    [['--hub', "https://a.example; script-src 'unsafe-inline'"], '--hub'],
    [['--hub', 'hub.example.org'], '--hub'],
    [['--colour'], '--colour'],
    [['9000'], '9000'],
  ])('refuses %j and names what is wrong', (args, named) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ code: 'bad_request', message: expect.stringContaining(named) }),
    )
  })

  it('takes a hub on this very machine without https, and of any address its origin', () => {
    expect(parseCommandLine(['--hub', 'http://localhost:9/rpc?x'])).toMatchObject({ options: { hub: 'http://localhost:9' } })
  })

  it('explains every option in its help', () => {
    expect(parseCommandLine(['-h'])).toEqual({ help: true })
    for (const flag of ['port', 'host', 'data', 'tls-cert', 'tls-key', 'announce', 'hub', 'feed', 'webrtc-port', 'help'])
      expect(HELP).toContain(`--${flag} `)
  })
})
