import { beforeAll, describe, expect, it } from 'vitest'
import { type AuditBreak, type AuditEntry, shaOf } from '#protocol/civdef/audit.ts'
import { openCheckpoint, toBase64, witnessesOf } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { createShelf } from '../../../kernel/shelf.ts'
import { createMemoryStore } from '../../../memory/memory-store.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import { type Chain, openChain } from './chain.ts'
import { openChainStore } from './chain-store.ts'
import { type ExportInput, exportLines, toJsonl } from './export.ts'
import { verifyAuditExport } from './standalone.ts'
import { verifyEpoch } from './verify.ts'
import { createWitness, type Witness, type WitnessStore } from './witness.ts'

const START = Date.UTC(2026, 4, 26, 8)
let owner: Signer
let other: Signer
beforeAll(async () => {
  owner = await testSigner(701)
  other = await testSigner(702)
})

const fact = (n: number) => ({ event: 'acked' as const, alertId: null, actor: other.nodeId, payload: { n } })

async function chainOn(store = createMemoryStore()) {
  const breaks: AuditBreak[] = []
  const chain = await openChain({
    signer: owner,
    store: await openChainStore(createShelf(store)),
    now: () => START,
    onBreak: (first) => breaks.push(first),
  })
  return { store, chain, breaks }
}

function memoryWitness(signer: Signer, notes = new Map<string, string>()): { witness: Witness; notes: Map<string, string> } {
  const store: WitnessStore = {
    get: (origin) => notes.get(origin) ?? null,
    set: async (origin, note) => {
      notes.set(origin, note)
    },
  }
  return { witness: createWitness({ signer, store, now: () => START }), notes }
}

/** As a node asks: from what the witness holds to the newest checkpoint. */
async function ask(chain: Chain, witness: Witness) {
  const { note, size } = await chain.checkpoint()
  const first = await witness.cosign({ log: owner.nodeId, note, oldSize: 0, proof: [] })
  if (first.outcome === 'cosigned') return first
  return witness.cosign({ log: owner.nodeId, note, oldSize: first.size, proof: chain.consistency(first.size, size) })
}

describe('the chain', () => {
  it('links each entry to the canonical one before it and signs it (AUD-1)', async () => {
    const { chain } = await chainOn()
    const a = await chain.append(fact(1))
    const b = await chain.append(fact(2))
    expect(a).toMatchObject({ seq: 0, prev_sha: null, payload_sha: shaOf({ n: 1 }) })
    expect(b).toMatchObject({ seq: 1, prev_sha: shaOf(a) })
    expect(await chain.verify({ by: 'entries' })).toMatchObject({ whole: true, entries: 2, breaks: [] })
  })

  it('is the same after a restart, over more entries than one drawer holds (AUD-1)', async () => {
    const { store, chain } = await chainOn()
    for (let n = 0; n < 150; n++) await chain.append(fact(n))
    const { note } = await chain.checkpoint()
    const { chain: again } = await chainOn(store.reopen())
    expect(again.current().entries).toEqual(chain.current().entries)
    expect(again.newestCheckpoint()).toEqual({ note, size: 150 })
    expect(again.report()).toMatchObject({ whole: true, checkpointed: 150 })
    expect((await again.append(fact(150))).seq).toBe(150)
  })

  it('keeps appending in order when many ask at once', async () => {
    const { chain } = await chainOn()
    const entries = await Promise.all(Array.from({ length: 20 }, (_, n) => chain.append(fact(n))))
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect((await chain.verify({ by: 'entries' })).whole).toBe(true)
  })

  it('makes a checkpoint only of what is new', async () => {
    const { chain } = await chainOn()
    await chain.append(fact(1))
    const first = await chain.checkpoint()
    expect(await chain.checkpoint()).toEqual(first)
    await chain.append(fact(2))
    expect((await chain.checkpoint()).size).toBe(2)
  })

  it('that was changed on the disk says where, blocks what would be recorded, and goes on after a deliberate new beginning (AUD-4)', async () => {
    const { store, chain } = await chainOn()
    for (let n = 0; n < 5; n++) await chain.append(fact(n))
    await chain.checkpoint()
    const texts = [...chain.current().entries]
    texts[2] = canonical({ ...(JSON.parse(texts[2] ?? '') as AuditEntry), event: 'cancelled' })
    await store.write([{ table: 'meta', key: 'shelf.civdef.audit.0.0', value: texts }])

    const { chain: opened, breaks } = await chainOn(store.reopen())
    expect(breaks).toMatchObject([{ seq: 0, fault: 'root' }])
    expect(opened.blocked()).toBe(true)
    await expect(opened.append(fact(6))).rejects.toMatchObject({ code: 'civdef_audit_chain_broken' })
    await expect(opened.checkpoint()).rejects.toMatchObject({ code: 'civdef_audit_chain_broken' })
    const { breaks: found } = await opened.verify({ by: 'entries' })
    expect(found).toContainEqual(expect.objectContaining({ seq: 2, fault: 'signature', at: '/entries/2' }))
    expect(found).toContainEqual(expect.objectContaining({ seq: 3, fault: 'prev_hash' }))

    await opened.restart('Eintrag 2 wurde verändert')
    expect(opened.blocked()).toBe(false)
    const next = await opened.append(fact(7))
    expect(next.seq).toBe(6)
    const { note, size } = await opened.checkpoint()
    expect(size).toBe(2)
    expect((await openCheckpoint(note, owner.nodeId)).epoch).toBe(1)
    const { chain: after } = await chainOn(store.reopen())
    expect(after.blocked()).toBe(false)
    expect(after.epochs()).toHaveLength(2)
  })

  it('that is whole is not begun anew', async () => {
    const { chain } = await chainOn()
    await expect(chain.restart('nur so')).rejects.toMatchObject({ code: 'bad_request' })
  })
})

describe('a witness', () => {
  it('cosigns what continues what it saw, and a checkpoint then says how many witnesses it has (AUD-3)', async () => {
    const { chain } = await chainOn()
    const [{ witness: anna }, { witness: bert }] = [memoryWitness(other), memoryWitness(await testSigner(703))]
    for (let n = 0; n < 3; n++) await chain.append(fact(n))
    for (const witness of [anna, bert]) {
      const { line, size } = await ask(chain, witness)
      await chain.addWitness(size, line)
    }
    for (let n = 3; n < 8; n++) await chain.append(fact(n))
    const { line, size } = await ask(chain, anna)
    await chain.addWitness(size, line)
    const report = await chain.verify({ by: 'entries' })
    expect(report).toMatchObject({ whole: true, witnessed: 8, checkpointed: 8 })
    expect(report.witnesses).toHaveLength(2)
    const opened = await openCheckpoint(chain.newestCheckpoint()?.note ?? '', owner.nodeId)
    expect(await witnessesOf(opened.note)).toEqual([other.nodeId])
  })

  it('does not sign a rewritten, a shortened or a second history (AUD-3)', async () => {
    const { chain } = await chainOn()
    const { chain: twin } = await chainOn()
    const { witness } = memoryWitness(other)
    for (let n = 0; n < 4; n++) await chain.append(fact(n))
    for (let n = 0; n < 6; n++) await twin.append(fact(n === 1 ? 99 : n))
    await ask(chain, witness)
    await expect(ask(twin, witness)).rejects.toMatchObject({ code: 'civdef_audit_chain_broken' })
    const { chain: short } = await chainOn()
    await short.append(fact(0))
    const { note } = await short.checkpoint()
    const answer = await witness.cosign({ log: owner.nodeId, note, oldSize: 4, proof: [] })
    expect(answer).toMatchObject({ outcome: 'conflict', size: 4 })
  })

  it('asked for two histories at once signs one of them (AUD-3)', async () => {
    const { chain } = await chainOn()
    const { chain: twin } = await chainOn()
    await chain.append(fact(1))
    await twin.append(fact(2))
    const { witness } = memoryWitness(other)
    const requests = [await chain.checkpoint(), await twin.checkpoint()].map(({ note }) =>
      witness.cosign({ log: owner.nodeId, note, oldSize: 0, proof: [] }),
    )
    const answers = await Promise.allSettled(requests)
    const signed = answers.filter((one) => one.status === 'fulfilled' && one.value.outcome === 'cosigned')
    expect(signed).toHaveLength(1)
  })

  it('says nothing before it has stored what it signs, and after a restart still holds it (AUD-3)', async () => {
    const { chain } = await chainOn()
    await chain.append(fact(1))
    const { note } = await chain.checkpoint()
    let full = true
    const notes = new Map<string, string>()
    const store: WitnessStore = {
      get: (origin) => notes.get(origin) ?? null,
      set: async (origin, kept) => {
        if (full) throw new RangeError('no room')
        notes.set(origin, kept)
      },
    }
    const witness = createWitness({ signer: other, store, now: () => START })
    const request = { log: owner.nodeId, note, oldSize: 0, proof: [] }
    await expect(witness.cosign(request)).rejects.toThrow('no room')
    full = false
    const { held } = await witness.cosign(request)
    expect([...notes.values()]).toEqual([held])
    const again = memoryWitness(other, notes).witness
    const { chain: twin } = await chainOn()
    await twin.append(fact(2))
    await expect(ask(twin, again)).rejects.toMatchObject({ code: 'civdef_audit_chain_broken' })
  })

  it('does not sign for a log whose checkpoint somebody else signed', async () => {
    const { chain } = await chainOn()
    await chain.append(fact(1))
    const { note } = await chain.checkpoint()
    const { witness } = memoryWitness(other)
    await expect(witness.cosign({ log: other.nodeId, note, oldSize: 0, proof: [] })).rejects.toMatchObject({
      code: 'bad_request',
    })
  })
})

describe('an export', () => {
  const exportJsonl = async (input: ExportInput): Promise<string> => toJsonl(await exportLines(input))

  async function exported(n = 9) {
    const { chain } = await chainOn()
    const { witness } = memoryWitness(other)
    for (let i = 0; i < n; i++) {
      await chain.append(fact(i))
      if (i % 4 === 3) await chain.checkpoint()
    }
    const { line, size } = await ask(chain, witness)
    await chain.addWitness(size, line)
    const input: ExportInput = {
      ...{ owner: owner.nodeId, chain: chain.current(), size, madeAt: START, certificates: [] },
      record: (index) => chain.record(0, index),
      alertOf: () => null,
    }
    return { chain, input, file: await exportJsonl(input) }
  }

  it('is checked by a verifier that shares no code with the store (AUD-5)', async () => {
    const { file } = await exported()
    expect(await verifyAuditExport(file)).toMatchObject({
      sound: true,
      problems: [],
      entries: 9,
      size: 9,
      complete: true,
      checkpoints: 3,
      witnesses: [other.nodeId],
      records: 9,
      drills: 0,
      deleted: 0,
      caveats: ['newer'],
    })
  })

  it('of every length holds, with the proofs of every shape of tree (AUD-5)', async () => {
    for (let n = 1; n <= 17; n++) {
      const { file } = await exported(n)
      expect((await verifyAuditExport(file)).problems, `${n}`).toEqual([])
    }
  })

  it('of a part shows that it is one, and each entry is still proven (AUD-5)', async () => {
    const { input } = await exported()
    const file = await exportJsonl({ ...input, only: ({ seq }) => seq % 3 === 0 })
    const report = await verifyAuditExport(file)
    expect(report).toMatchObject({ sound: true, entries: 3, size: 9, complete: false })
    expect(report.caveats).toContain('part')
  })

  it('with one byte flipped is not sound, and the line is named (AUD-5)', async () => {
    const { file } = await exported()
    for (let at = 7; at < file.length; at += 41) {
      const flipped = file.slice(0, at) + String.fromCharCode(file.charCodeAt(at) ^ 1) + file.slice(at + 1)
      const { sound, problems } = await verifyAuditExport(flipped)
      const line = file.slice(0, at).split('\n').length
      // when it was made is nobody's signed word
      const madeAt = file.indexOf('"made_at":"') + 11
      if (at >= madeAt && at < madeAt + 24) continue
      expect(sound, `${at}: ${file.slice(at - 20, at + 20)}`).toBe(false)
      expect(problems.map((problem) => problem.line).some((named) => named === line || named === line + 1 || named <= 1)).toBe(
        true,
      )
    }
  })

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['a kind named like a property', '{"kind":"constructor"}\n'],
    ['a name like a prototype', '{"__proto__":{"kind":"header"},"kind":"header"}\n'],
    ['a hundred thousand levels', `{"kind":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`],
    ['a base of nothing', '{"base":{"hashes":[7],"size":9007199254740991},"kind":"header"}\n'],
    [
      'a note that is none',
      '{"kind":"header"}\n{"from":0,"kind":"checkpoint","note":"\\n\\n— a AAAA\\n","proof":[],"size":1}\n',
    ],
    [
      'an entry that is none',
      '{"kind":"header"}\n{"entry":{"signature":"ed25519:!"},"index":-5,"kind":"entry","proof":[null]}\n',
    ],
  ])('that is %s is refused and throws nothing', async (_what, text) => {
    expect((await verifyAuditExport(text)).sound).toBe(false)
  })

  it('without a witness says what that means (AUD-3)', async () => {
    const { chain } = await chainOn()
    await chain.append(fact(1))
    const { size } = await chain.checkpoint()
    const { input } = await exported()
    const file = await exportJsonl({ ...input, chain: chain.current(), size, record: async () => null })
    const { sound, caveats } = await verifyAuditExport(file)
    expect(sound).toBe(true)
    expect(caveats).toEqual(['no_witness', 'records_missing', 'newer'])
  })

  it('carries the same leaves and proofs as the store computed them (AUD-2)', async () => {
    const { chain, file } = await exported()
    const second = JSON.parse(file.split('\n').filter((line) => line.includes('"kind":"entry"'))[1] ?? '') as {
      proof: string[]
    }
    expect(second.proof).toEqual(chain.inclusion(1, 9).map(toBase64))
  })

  it('is made of the chain as verify sees it', async () => {
    const { chain } = await exported()
    const report = await verifyEpoch(chain.current(), { owner: owner.nodeId, by: 'checkpoints', before: null })
    expect(report).toMatchObject({ whole: true, witnessed: 9 })
  })
})
