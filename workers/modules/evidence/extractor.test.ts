import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EVENTS } from '#protocol/catalogue.ts'
import type { JsonObject } from '#protocol/core/json.ts'
import * as Type from '#protocol/core/type.ts'
import type { EventLog, LogChange } from '../../kernel/log/log.ts'
import { createSignal } from '../../kernel/signal.ts'
import type { Drafts, Proposal } from './drafts.ts'
import { definePattern, PATTERNS, startExtractor } from './extractor.ts'
import { createScene, person } from './testing/scene.ts'

function listening(patterns = PATTERNS) {
  const scene = createScene()
  scene.assert(person(1), {})
  const [template] = scene.events
  if (!template) throw new Error('an event')
  const proposed: Proposal[] = []
  const drafts: Drafts = {
    async propose(proposals) {
      proposed.push(...proposals)
      return []
    },
    hasSeen: (cid) => proposed.some(({ content_id }) => content_id === cid),
  }
  const changed = createSignal<LogChange>()
  // the extractor listens to the log and to nothing else of it
  const extractor = startExtractor({ changed } as unknown as EventLog, drafts, patterns)
  async function hear(event_type: string, data: JsonObject): Promise<void> {
    const event = { ...template, event: { ...template?.event, event_type, data } } as typeof template & object
    changed.emit({ added: [event], removed: [], types: [event_type] })
    await extractor.idle()
  }
  return { proposed, hear }
}

describe('the extractor (EVI-9)', () => {
  it('proposes from a document, a fetched page and an agreement of two communities', async () => {
    const { proposed, hear } = listening()
    await hear('rag.document.ingested', { title: 'Notfallplan', cid: 'bafy', pages: 3 })
    expect(proposed[0]?.statement).toMatchObject({ subject: 'Notfallplan', sources: [{ source_id: 'doc:bafy' }] })
    const other = listening()
    await other.hear('tool.page.fetched', { url: 'https://a.example/', title: 'A', excerpt: 'x'.repeat(300) })
    expect(other.proposed[0]?.statement.sources[0]?.excerpt).toHaveLength(280)
    const third = listening()
    const side = (community_id: string, name: string) => ({
      ...{ community_id, name, anchor: community_id, protocol_versions: ['3.0.0'], grants: [] },
    })
    const manifest = {
      manifest_id: '01J00000000000000000000000',
      issued_at: '2026-05-26T07:00:00Z',
      expires_at: '2026-06-26T07:00:00Z',
      sides: [side(person(2), 'Geldern'), side(person(0), 'Issum')],
      signatures: Array.from({ length: 2 }, () => `ed25519:${'A'.repeat(86)}`),
    }
    await third.hear('community.federation.agreed', { manifest, relays: [] })
    expect(third.proposed[0]?.statement).toMatchObject({ subject: 'Geldern', object: person(0) })
  })

  it('proposes once for each event, and nothing for what it does not understand', async () => {
    const { proposed, hear } = listening()
    await hear('tool.page.fetched', { url: 'javascript:alert(1)', title: 'A' })
    await hear('tool.page.fetched', { title: 7 })
    await hear('some.other.event', {})
    expect(proposed).toEqual([])
    await hear('rag.document.ingested', { title: 'a', cid: 'b' })
    await hear('rag.document.ingested', { title: 'a', cid: 'b' })
    expect(proposed).toHaveLength(1)
  })

  it('takes every event type from a pattern, and the page says of each whether anything writes it', async () => {
    const page = await readFile('protocol/experimental/30-evidence.md', 'utf8')
    for (const { id, eventType } of PATTERNS) {
      const row = page.split('\n').find((line) => line.includes(`| \`${id}\` | \`${eventType}\` |`))
      expect(row?.trim().endsWith(EVENTS.has(eventType) ? '| yes |' : '| no |'), `${id} on the page`).toBe(true)
    }
    const own = definePattern({
      id: 'notice',
      eventType: 'board.notice.posted',
      shape: Type.Object({ text: Type.String() }),
      propose: ({ text }) => ({
        subject: 'Aushang',
        predicate: 'sagt',
        object: text,
        sources: [],
        confidence: 0.5,
        derived_from: [],
      }),
    })
    const { proposed, hear } = listening([own])
    await hear('rag.document.ingested', { title: 'a', cid: 'b' })
    await hear('board.notice.posted', { text: 'Wasser ab 8 Uhr' })
    expect(proposed.map(({ pattern, statement }) => [pattern, statement.object])).toEqual([['notice', 'Wasser ab 8 Uhr']])
  })

  it('never turns a radio beacon into a claim, whoever registers a pattern for it', async () => {
    const { proposed, hear } = listening()
    await hear('lora.beacon.received', { title: 'SOS', cid: 'x' })
    expect(proposed).toEqual([])
    const beacon = definePattern({
      id: 'beacon',
      eventType: 'lora.beacon.received',
      shape: Type.Object({}),
      propose: () => null,
    })
    expect(() => listening([beacon])).toThrow('a beacon is never turned into a claim')
  })
})
