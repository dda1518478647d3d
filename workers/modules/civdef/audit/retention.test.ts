import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditBreak } from '#protocol/civdef/audit.ts'
import { canonical } from '#protocol/core/canonical.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { createShelf } from '../../../kernel/shelf.ts'
import { createMemoryStore, type MemoryStore } from '../../../memory/memory-store.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import { openChain } from './chain.ts'
import { openChainStore } from './chain-store.ts'
import { exportLines, toJsonl } from './export.ts'
import { limitOf } from './retention.ts'
import { verifyAuditExport } from './standalone.ts'
import { createWitness } from './witness.ts'

const YEAR = 31_557_600_000
const START = Date.UTC(2026, 4, 26, 8)
let owner: Signer
let member: Signer
beforeAll(async () => {
  owner = await testSigner(721)
  member = await testSigner(722)
})

async function chainAt(clock: { now: number }, store: MemoryStore = createMemoryStore()) {
  const breaks: AuditBreak[] = []
  const chain = await openChain({
    signer: owner,
    store: await openChainStore(createShelf(store)),
    now: () => clock.now,
    onBreak: (first) => breaks.push(first),
  })
  const write = (n: number) => chain.append({ event: 'acked', alertId: null, actor: owner.nodeId, payload: { n } })
  return { chain, store, breaks, write }
}

/** Seventy entries in 2026, fifty eleven years later, a checkpoint after each. */
async function oldChain() {
  const clock = { now: START }
  const { chain, store, write } = await chainAt(clock)
  for (let n = 0; n < 70; n++) await write(n)
  await chain.checkpoint()
  clock.now = START + 11 * YEAR
  for (let n = 70; n < 120; n++) await write(n)
  await chain.checkpoint()
  return { clock, chain, store, write }
}

const fileOf = async (chain: Awaited<ReturnType<typeof chainAt>>['chain']) =>
  toJsonl(
    await exportLines({
      ...{ owner: owner.nodeId, chain: chain.current(), madeAt: START, certificates: [] },
      size: chain.newestCheckpoint()?.size ?? 0,
      record: (index) => chain.record(0, index),
      alertOf: () => null,
    }),
  )

describe('entries that are past their time', () => {
  it('are counted, deleted for good after an entry that says so, and the chain holds from there on (AUD-6)', async () => {
    const { clock, chain, store, write } = await oldChain()
    const limit = limitOf(clock.now, 10)
    expect(chain.expired(limit)).toBe(70)
    expect(await chain.deleteExpired(limit, 10)).toBe(70)
    expect(chain.expired(limit)).toBe(0)
    expect(await chain.deleteExpired(limit, 10)).toBe(0)
    expect(chain.size()).toBe(121)
    expect(chain.current()).toMatchObject({ base: { size: 70, years: 10 } })
    expect(chain.current().entries).toHaveLength(51)
    expect(await chain.record(0, 69)).toBeNull()
    expect(await chain.record(0, 70)).toBe('{"n":70}')
    // nothing of them is left on the disk
    const kept = JSON.stringify([...(await store.entries('meta'))])
    expect(kept).not.toContain('"seq\\":69,')
    expect(kept).toContain('"seq\\":70,')

    const { chain: again, breaks, write: writeOn } = await chainAt(clock, store.reopen())
    expect(breaks).toEqual([])
    expect(again.current()).toEqual(expect.objectContaining({ base: chain.current().base, entries: chain.current().entries }))
    await write(121)
    expect((await writeOn(121)).seq).toBe(121)
    expect(await again.verify({ by: 'entries' })).toMatchObject({ whole: true, entries: 122 })
  })

  it('are exported as deleted, and the rest is proven to whoever checks the file (AUD-5, AUD-6)', async () => {
    const { clock, chain } = await oldChain()
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    const file = await fileOf(chain)
    const report = await verifyAuditExport(file)
    expect(report).toMatchObject({ sound: true, problems: [], entries: 51, size: 121, deleted: 70, complete: true })
    expect(report.caveats).toContain('deleted')
    const cutDeeper = file
      .split('\n')
      .filter((line) => !line.includes('"index":70,'))
      .join('\n')
    expect((await verifyAuditExport(cutDeeper)).problems.map(({ fault }) => fault)).toContain('entries_missing')
  })

  it('leave nothing in the head of a file that could be changed unseen but when it was made (AUD-5, AUD-6)', async () => {
    const { clock, chain } = await oldChain()
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    const file = await fileOf(chain)
    const [head = ''] = file.split('\n')
    const madeAt = head.indexOf('"made_at":"') + 11
    for (let at = 0; at < head.length; at += 7) {
      if (at >= madeAt && at < madeAt + 24) continue
      const flipped = file.slice(0, at) + String.fromCharCode(file.charCodeAt(at) ^ 1) + file.slice(at + 1)
      expect((await verifyAuditExport(flipped)).sound, file.slice(at - 12, at + 12)).toBe(false)
    }
  }, 60_000)

  it('do not come back with another base: a root, a size or a last hash that was not signed is found (AUD-4, AUD-6)', async () => {
    const { clock, chain } = await oldChain()
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    const file = await fileOf(chain)
    const faults = async (change: (base: Record<string, unknown>) => object) => {
      const [head = '', ...rest] = file.split('\n')
      const header = JSON.parse(head)
      const text = [canonical({ ...header, base: change(header.base) }), ...rest].join('\n')
      return (await verifyAuditExport(text)).problems.map(({ fault }) => fault)
    }
    expect(await faults((base) => ({ ...base, last_sha: `sha256:${'0'.repeat(64)}` }))).toEqual(
      expect.arrayContaining(['link', 'base_unsaid']),
    )
    expect(await faults((base) => ({ ...base, hashes: [base.root, base.root, base.root] }))).toContain('base_malformed')
    expect(await faults((base) => ({ ...base, years: 1 }))).toEqual(['base_unsaid'])
    expect(await faults((base) => ({ ...base, proof: [] }))).toEqual(['base_not_in_tree'])
  })

  it('that somebody without the key took away are missed (AUD-4, AUD-6)', async () => {
    const { chain, store } = await oldChain()
    const { chain: twin, store: twinStore } = await oldChain()
    await twin.deleteExpired(limitOf(START + 11 * YEAR, 10), 10)
    // the base of a twin that did delete, in a chain that never said so
    const head = (await twinStore.get('meta', 'shelf.civdef.audit')) as { epochs: object[] }
    const entries = chain.current().entries.slice(70)
    await store.write([
      { table: 'meta', key: 'shelf.civdef.audit', value: head },
      { table: 'meta', key: 'shelf.civdef.audit.0.0', value: [] },
      { table: 'meta', key: 'shelf.civdef.audit.0.1', value: [...Array<string>(6).fill(''), ...entries] },
    ])
    const { chain: opened, breaks } = await chainAt({ now: START }, store.reopen())
    expect(opened.blocked()).toBe(true)
    expect(breaks).toMatchObject([{ fault: 'truncated', at: '/base' }])
  })

  it('are wiped by the next start where the device went off in between (AUD-6)', async () => {
    const { clock, chain, store } = await oldChain()
    const before = [...(await store.entries('meta'))]
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    const head = (await store.get('meta', 'shelf.civdef.audit')) as { epochs: { wiped?: number }[] }
    const [first, ...others] = head.epochs
    const { wiped: _, ...unwiped } = first ?? {}
    const half = before.filter(([key]) => key === 'shelf.civdef.audit.0.0' || key === 'shelf.civdef.audit.0.record.3')
    expect(half).toHaveLength(2)
    await store.write([
      { table: 'meta', key: 'shelf.civdef.audit', value: { epochs: [unwiped, ...others] } },
      ...half.map(([key, value]) => ({ table: 'meta' as const, key, value })),
    ])
    const { chain: again } = await chainAt(clock, store.reopen())
    expect(await again.verify({ by: 'entries' })).toMatchObject({ whole: true })
    expect(await again.record(0, 3)).toBeNull()
    expect(await store.get('meta', 'shelf.civdef.audit.0.0')).toEqual([])
  })

  it('do not keep a witness from going on that saw the chain after the cut (AUD-3, AUD-6)', async () => {
    const { clock, chain, write } = await oldChain()
    const notes = new Map<string, string>()
    const witness = createWitness({
      signer: member,
      now: () => clock.now,
      store: { get: (origin) => notes.get(origin) ?? null, set: async (origin, note) => void notes.set(origin, note) },
    })
    const first = chain.newestCheckpoint()
    if (!first) throw new TypeError('one was made')
    await witness.cosign({ log: owner.nodeId, note: first.note, oldSize: 0, proof: [] })
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    await write(121)
    const { note, size } = await chain.checkpoint()
    const answer = await witness.cosign({
      ...{ log: owner.nodeId, note, oldSize: first.size },
      proof: chain.consistency(first.size, size),
    })
    expect(answer).toMatchObject({ outcome: 'cosigned', size })
    expect(chain.consistency(5, size)).toEqual([])
  })

  it('are none in a chain of this year, and the last entry stays whatever its age', async () => {
    const clock = { now: START }
    const { chain, write } = await chainAt(clock)
    for (let n = 0; n < 3; n++) await write(n)
    expect(await chain.deleteExpired(limitOf(clock.now, 10), 10)).toBe(0)
    clock.now = START + 30 * YEAR
    expect(chain.expired(limitOf(clock.now, 10))).toBe(2)
    await chain.deleteExpired(limitOf(clock.now, 10), 10)
    expect(await chain.verify({ by: 'entries' })).toMatchObject({ whole: true })
  })
})
