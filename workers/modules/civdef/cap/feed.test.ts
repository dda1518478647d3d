import { describe, expect, it } from 'vitest'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { capImport, feedState } from '#protocol/civdef/exchange-capabilities.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { HearthnetConfig } from '#protocol/core/config.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import { createSeededRuntime } from '../../../testing/seeded-runtime.ts'
import { createVillage } from '../../../testing/village.ts'
import { createRegions } from '../regions/adapters.ts'
import { readFeed, serveFeed } from './feed.ts'

// made up: no such warning was ever given
const warning = (n: number, change: object = {}) => ({
  identifier: `EXAMPLE-${n}`,
  sender: 'probe@example.org',
  sent: '2026-05-26T10:00:00+02:00',
  status: 'Actual',
  msgType: 'Alert',
  info: [
    {
      event: 'Probe',
      severity: 'Minor',
      expires: '2026-05-27T10:00:00+02:00',
      headline: `Probe ${n}`,
      area: [{ areaDesc: 'Issum', geocode: [{ valueName: 'SHN', value: '051540020020' }] }],
    },
  ],
  ...change,
})

const MINUTES = 60_000

/** A feed whose answers are given by hand. */
function station(url = 'https://warnungen.example/feed') {
  const runtime = createSeededRuntime(5)
  const requests: { readonly url: string; readonly init: RequestInit | undefined }[] = []
  const kept: Mirror[] = []
  let answer: () => Promise<Response> | Response = () => new Response(JSON.stringify([warning(1)]))
  let config: HearthnetConfig = { ...DEFAULT_CONFIG, civdef: { ...DEFAULT_CONFIG.civdef, enabled: true, feed_url: url } }
  let ask: (() => Promise<unknown>) | null = null
  const rows = new Map<string, object>()
  const withdraw = serveFeed({
    runtime,
    config: () => config,
    notify: () => {},
    regions: createRegions(),
    fetch: async (input, init) => {
      requests.push({ url: String(input), init })
      return answer()
    },
    // the four calls that it makes, and no more of each
    bus: {
      handle(_capability: unknown, handler: () => Promise<unknown>) {
        ask = handler
        return () => {}
      },
    } as never,
    signer: { nodeId: 'ed25519:x' } as never,
    alerts: { get: (key: string) => rows.get(key) ?? null } as never,
    chain: { append: async () => {} } as never,
    publish: () => {},
    log: {
      append: async (_type: unknown, { mirror }: { mirror: Mirror }) => {
        kept.push(mirror)
        rows.set(`mirror:${mirror.correlation_id}`, { heard: [{ mirror }] })
        return {}
      },
    } as never,
  })
  return {
    ...{ runtime, requests, kept },
    says: (next: typeof answer) => {
      answer = next
    },
    configure: (feed_url: string) => {
      config = { ...config, civdef: { ...config.civdef, feed_url } }
    },
    state: async () => (await ask?.()) as { outcome: string; kept: number; refused: number; url: string },
    stop: () => {
      for (const one of withdraw) one()
    },
  }
}

describe('a feed of official warnings', () => {
  it('is never asked where none is configured', async () => {
    const { runtime, requests, state } = station('')
    await runtime.advance(60 * MINUTES)
    expect(requests).toEqual([])
    expect(await state()).toMatchObject({ url: '', outcome: 'never' })
  })

  it('is asked every five minutes, without a word of who asks, and each warning is kept once', async () => {
    const { runtime, requests, kept, says, state, stop } = station()
    await runtime.advance(MINUTES)
    expect(kept.map(({ correlation_id }) => correlation_id)).toEqual(['EXAMPLE-1'])
    expect(await state()).toMatchObject({ outcome: 'fresh', kept: 1, refused: 0 })
    expect(requests[0]?.init).toMatchObject({
      ...{ cache: 'no-cache', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' },
    })
    expect(requests[0]?.init?.headers).toBeUndefined()
    await runtime.advance(10 * MINUTES)
    expect(requests).toHaveLength(3)
    expect(await state()).toMatchObject({ outcome: 'unchanged', kept: 0 })
    says(() => new Response(JSON.stringify([warning(1), warning(2)])))
    await runtime.advance(6 * MINUTES)
    expect(kept.map(({ correlation_id }) => correlation_id)).toEqual(['EXAMPLE-1', 'EXAMPLE-2'])
    stop()
    await runtime.advance(60 * MINUTES)
    expect(requests).toHaveLength(4)
  })

  it('keeps what can be read beside what cannot, and nothing that is over', async () => {
    const { runtime, kept, says, state } = station()
    const over = warning(3, { info: [{ ...warning(3).info[0], expires: '2026-05-26T09:00:00+02:00' }] })
    says(() => new Response(JSON.stringify([{ identifier: 7 }, warning(2), over, warning(4, { status: 'Draft' })])))
    await runtime.advance(MINUTES)
    expect(kept.map(({ correlation_id }) => correlation_id)).toEqual(['EXAMPLE-2'])
    expect(await state()).toMatchObject({ outcome: 'fresh', kept: 1, refused: 2 })
  })

  it.each<[string, () => Promise<Response> | Response, string]>([
    ['is not there', () => new Response('', { status: 404 }), 'unreachable'],
    ['cannot be reached', () => Promise.reject(new TypeError('failed to fetch')), 'unreachable'],
    ['is longer than a document may be', () => new Response('x'.repeat(512 * 1024 + 1)), 'refused'],
    ['is not UTF-8', () => new Response(Uint8Array.of(0x5b, 0xff)), 'refused'],
    ['is no JSON', () => new Response('[{]'), 'refused'],
    ['has a DOCTYPE', () => new Response('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 'refused'],
    ['is nothing', () => new Response(''), 'refused'],
  ])('that %s leaves everything as it was, and says so', async (_what, answer, outcome) => {
    const { runtime, kept, says, state } = station()
    says(answer)
    await runtime.advance(MINUTES)
    expect(kept).toEqual([])
    expect(await state()).toMatchObject({ outcome, kept: 0 })
  })

  it('that does not answer is given up after twenty seconds, and one that is taken away is not asked again', async () => {
    const { runtime, requests, says, configure, state } = station()
    says(() => new Promise(() => {}))
    await runtime.advance(30_000)
    expect(requests[0]?.init?.signal?.aborted).toBe(false)
    await runtime.advance(21_000)
    expect(requests[0]?.init?.signal?.aborted).toBe(true)
    configure('')
    await runtime.advance(60 * MINUTES)
    expect(requests).toHaveLength(1)
    expect(await state()).toMatchObject({ outcome: 'never' })
  })

  it('may be one CAP document', () => {
    const cap = `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>E1</identifier><sender>a</sender><sent>2026-05-26T10:00:00+02:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><category>Met</category><event>Probe</event><urgency>Future</urgency><severity>Minor</severity><certainty>Likely</certainty></info></alert>`
    expect(readFeed(cap, createRegions()).mirrors).toMatchObject([{ correlation_id: 'E1', format: 'cap' }])
  })
})

describe('a warning from a hand and from a feed', () => {
  it('is one warning for everyone (CIV-8)', async () => {
    const village = createVillage(161)
    const [ada, bert] = await village.settle('Ada', 'Bert')
    if (!ada || !bert) throw new TypeError('two people')
    for (const { node } of [ada, bert]) await node.bus.call(configSet, { civdef: { enabled: true } })
    expect((await ada.node.bus.call(feedState, {})).outcome).toBe('never')
    const text = JSON.stringify(warning(9))
    await ada.node.bus.call(capImport, { format: 'nina', text, keep: true })
    await village.until('Bert has it', async () => (await bert.node.bus.call(alertList, { limit: 10 })).total === 1)
    expect((await bert.node.bus.call(capImport, { format: 'nina', text, keep: true })).kept).toBe(0)
  })
})
