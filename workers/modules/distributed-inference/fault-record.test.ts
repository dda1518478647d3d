import { describe, expect, it } from 'vitest'
import { nodeIdOf } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_FAULT_DAYS } from '#protocol/distributed-inference/constants.ts'
import { createShelf } from '../../kernel/shelf.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { openFaultRecord } from './fault-record.ts'

const [LIAR, HONEST] = [1, 2].map((fill) => nodeIdOf(new Uint8Array(32).fill(fill)))
const DAY_MS = 24 * 60 * 60 * 1000

describe('the record of who lied', () => {
  it('outlives a restart, counts at once, and forgets after thirty days without another fault (DLM-6)', async () => {
    if (!LIAR || !HONEST) throw new TypeError('two of them')
    let now = 0
    let store = createMemoryStore()
    const open = () => openFaultRecord(createShelf(store), { now: () => now })
    const record = await open()
    record.add(LIAR)
    record.add(LIAR)
    expect([record.of(LIAR), record.of(HONEST)]).toEqual([2, 0])
    await expect.poll(async () => (await open()).of(LIAR)).toBe(2)
    store = store.reopen()
    const again = await open()
    expect(again.of(LIAR)).toBe(2)
    now += (DISTRIBUTED_LLM_FAULT_DAYS - 1) * DAY_MS
    again.add(LIAR)
    now += 2 * DAY_MS
    expect(again.of(LIAR)).toBe(3)
    now += DISTRIBUTED_LLM_FAULT_DAYS * DAY_MS
    expect(again.of(LIAR)).toBe(0)
  })
})
