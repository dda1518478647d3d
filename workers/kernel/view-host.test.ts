import { beforeEach, describe, expect, it } from 'vitest'
import { EVENTS } from '#protocol/catalogue.ts'
import { revocationSigned } from '#protocol/community/events.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import { createMemoryStore, type MemoryStore } from '../memory/memory-store.ts'
import { type Author, createHistory, type History } from '../testing/history.ts'
import { createSeededRuntime, type SeededRuntime } from '../testing/seeded-runtime.ts'
import { testSigner } from '../testing/test-identity.ts'
import { type EventLog, openLog } from './log/log.ts'
import { createViews } from './view-host.ts'
import { defineView } from './views.ts'

let mapped = 0

/** Counts how many events it was asked to map, so that a test sees what came from the snapshot. */
const counting = (version: number) =>
  defineView<string, string>({
    id: 'test.counting',
    version,
    events: [claimAsserted],
    map({ event }) {
      mapped++
      const { claim } = event.data as { claim: { subject: string } }
      return [{ entity: claim.subject, item: `v${version} ${event.author}` }]
    },
    fold: (subject, parts) => `${subject}: ${parts.map(({ item }) => item).join(', ')}`,
    indexes: {},
  })

describe('snapshots of views', () => {
  let history: History
  let member: Author
  let runtime: SeededRuntime
  let store: MemoryStore
  let early: SignedEvent[]

  beforeEach(async () => {
    mapped = 0
    runtime = createSeededRuntime(5)
    history = await createHistory(5)
    store = createMemoryStore()
    const { author, events } = await history.newcomer()
    member = author
    early = [history.founding, ...events]
    for (let n = 0; n < 2000; n++) early.push(await member.claim(`Ort ${n % 50}`))
  }, 60_000)

  async function open(): Promise<EventLog> {
    const signer = await testSigner(999)
    return openLog({ runtime, store, signer, types: EVENTS }, history.root.signer.nodeId)
  }

  async function rowsOf(log: EventLog, version = 1): Promise<readonly string[]> {
    const view = await createViews({ runtime, store, log }).open(counting(version))
    return [...view.rows()].sort()
  }

  /** A device that was in step and quiet, so that its views were saved. */
  async function saved(): Promise<readonly string[]> {
    const log = await open()
    await log.ingest(early)
    const rows = await rowsOf(log)
    await runtime.advance(10_000)
    expect(await store.get('snapshot', 'test.counting')).toBeDefined()
    mapped = 0
    return rows
  }

  it('spare the replay and give the same rows', async () => {
    const before = await saved()
    expect(await rowsOf(await open())).toEqual(before)
    expect(mapped).toBe(0)
  })

  it('are completed by what came after them', async () => {
    await saved()
    const log = await open()
    await log.ingest([await member.claim('Ort 0'), await member.claim('neu')])
    const rows = await rowsOf(log)
    expect(mapped).toBe(2)
    expect(rows).toHaveLength(51)
  })

  it('of another version are thrown away', async () => {
    await saved()
    const rows = await rowsOf(await open(), 2)
    expect(mapped).toBe(2000)
    expect(rows[0]).toContain('v2')
  })

  it('are thrown away when a revocation has changed what counts before them (COM-4)', async () => {
    await saved()
    const log = await open()
    const revocation = { revocation_id: history.runtime.ulid(), subject: member.signer.nodeId, last_valid: [], reason: '' }
    await log.ingest([await history.root.write(revocationSigned, { revocation })])
    const again = await open()
    expect(again.state()?.members.get(member.signer.nodeId)?.status).not.toBe('active')
    expect(await rowsOf(again)).toEqual([])
  })

  it('are not made where there is no room, and nothing else suffers', async () => {
    const log = await open()
    await log.ingest(early)
    const rows = await rowsOf(log)
    store.setFull(true)
    await runtime.advance(10_000)
    expect(await store.get('snapshot', 'test.counting')).toBeUndefined()
    store.setFull(false)
    expect(await rowsOf(await open())).toEqual(rows)
  })
})
