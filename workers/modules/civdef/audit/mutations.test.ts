import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditEntry } from '#protocol/civdef/audit.ts'
import { cosignCheckpoint, formatCheckpoint, logName, signNote, withLine } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import { signEntry, written } from './entry.ts'
import { createMerkleTree } from './merkle.ts'
import { type Epoch, verifyEpoch } from './verify.ts'

/** A fifth of the ten thousand in every run; `HEARTHNET_AUDIT_MUTATIONS=10000` for all of them, which takes a minute. */
const RUNS = Number(process.env.HEARTHNET_AUDIT_MUTATIONS ?? 2_000)
const LENGTH = 10
const START = Date.UTC(2026, 4, 26, 8)

/** Mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

let owner: Signer
let thief: Signer
let witness: Signer
/** The honest chain, with a checkpoint half-way and one at the end, which the witness holds. */
let honest: Epoch
let held: string

const rootOf = (entries: readonly string[]): Uint8Array<ArrayBuffer> => {
  const tree = createMerkleTree()
  for (const text of entries) tree.append(written(text).leaf)
  return new Uint8Array(tree.root())
}

async function checkpointOver(signer: Signer, entries: readonly string[]): Promise<string> {
  const origin = logName(owner.nodeId)
  const text = formatCheckpoint({ origin, size: entries.length, root: rootOf(entries), extensions: [] })
  return signNote(signer, origin, text)
}

beforeAll(async () => {
  owner = await testSigner(711)
  thief = await testSigner(712)
  witness = await testSigner(713)
  const entries: string[] = []
  let prevSha: string | null = null
  for (let seq = 0; seq < LENGTH; seq++) {
    const fact = { event: 'acked' as const, alertId: null, actor: owner.nodeId, payload: { seq } }
    const { written: form } = await signEntry(owner, fact, { seq, prevSha }, START + seq)
    entries.push(form.text)
    prevSha = form.sha
  }
  const half = await checkpointOver(owner, entries.slice(0, LENGTH / 2))
  const end = await checkpointOver(owner, entries)
  held = withLine(end, await cosignCheckpoint(witness, end.slice(0, end.lastIndexOf('\n\n') + 1), START / 1000))
  honest = { epoch: 0, start: 0, entries, checkpoints: [half, end] }
})

const parsed = (text: string | undefined): AuditEntry => JSON.parse(text ?? '') as AuditEntry

/** From `at` on, every entry anew: chained and signed by `signer`, as whoever has that key can. */
async function resigned(
  entries: readonly string[],
  at: number,
  signer: Signer,
  change: Partial<AuditEntry>,
): Promise<string[]> {
  const out = entries.slice(0, at)
  for (const [offset, text] of entries.slice(at).entries()) {
    const before = out.at(-1)
    const { signature: _, ...entry } = parsed(text)
    const seq = at + offset
    const prev_sha = before === undefined ? null : written(before).sha
    out.push(canonical(await signRecord(signer, { ...entry, ...(offset === 0 ? change : {}), seq, prev_sha })))
  }
  return out
}

interface Mutation {
  readonly chain: Epoch
  /** Whether the owner's key took part: then only the witness can tell. */
  readonly byOwner: boolean
}

type Mutate = (below: (n: number) => number) => Mutation | Promise<Mutation>
const plain = (entries: readonly string[], checkpoints = honest.checkpoints): Mutation => ({
  chain: { ...honest, entries, checkpoints },
  byOwner: false,
})
const sha = (below: (n: number) => number): string =>
  `sha256:${Array.from({ length: 64 }, () => below(16).toString(16)).join('')}`

const MUTATIONS: Record<string, Mutate> = {
  'one bit of an entry flipped': (below) => {
    const entries = [...honest.entries]
    const at = below(LENGTH)
    const text = entries[at] ?? ''
    const place = below(text.length)
    entries[at] = text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << below(7))) + text.slice(place + 1)
    return plain(entries)
  },
  'one bit of a checkpoint flipped': (below) => {
    const checkpoints = [...honest.checkpoints]
    const at = below(2)
    const text = checkpoints[at] ?? ''
    const place = below(text.length)
    checkpoints[at] =
      text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << below(7))) + text.slice(place + 1)
    return plain(honest.entries, checkpoints)
  },
  'an entry deleted': (below) => {
    const at = below(LENGTH)
    return plain(honest.entries.filter((_, index) => index !== at))
  },
  'an entry doubled': (below) => {
    const at = below(LENGTH)
    return plain([...honest.entries.slice(0, at + 1), ...honest.entries.slice(at)])
  },
  'two entries swapped': (below) => {
    const a = below(LENGTH)
    const b = (a + 1 + below(LENGTH - 1)) % LENGTH
    return plain(honest.entries.map((text, i) => honest.entries[i === a ? b : i === b ? a : i] ?? text))
  },
  'the end cut off, with the checkpoints over it': (below) => {
    const size = below(LENGTH)
    return { ...plain(honest.entries.slice(0, size), honest.checkpoints.slice(0, size >= LENGTH / 2 ? 1 : 0)), byOwner: true }
  },
  'rewritten and signed with the owner’s key, checkpoints too': async (below) => {
    const at = below(LENGTH)
    const entries = await resigned(honest.entries, at, owner, { payload_sha: sha(below) })
    const half = entries.slice(0, LENGTH / 2)
    return { ...plain(entries, [await checkpointOver(owner, half), await checkpointOver(owner, entries)]), byOwner: true }
  },
  'a fork: another end, told elsewhere': async (below) => {
    const at = below(LENGTH)
    const entries = (await resigned(honest.entries, at, owner, { payload_sha: sha(below) })).slice(
      0,
      at + 1 + below(LENGTH - at),
    )
    const kept = at >= LENGTH / 2 ? honest.checkpoints.slice(0, 1) : []
    return { ...plain(entries, [...kept, await checkpointOver(owner, entries)]), byOwner: true }
  },
  'signed anew with another key': async (below) => {
    const at = below(LENGTH)
    const entries = await resigned(honest.entries, at, thief, {})
    return plain(entries, [await checkpointOver(thief, entries)])
  },
}

const names = Object.keys(MUTATIONS)
const check = ({ chain }: Mutation, by: 'entries' | 'checkpoints', notes: readonly string[]) =>
  verifyEpoch(chain, { owner: owner.nodeId, by, before: null, held: notes })

describe('ten thousand changes to an audit chain', () => {
  it('leave the honest chain whole, or the rest proves nothing', async () => {
    for (const by of ['entries', 'checkpoints'] as const) {
      const report = await check({ chain: honest, byOwner: false }, by, [held])
      expect(report).toMatchObject({ whole: true, witnessed: LENGTH, witnesses: [witness.nodeId] })
    }
  })

  it('are all found where one witness was honest (AUD-3, AUD-4)', async () => {
    const below = randomFrom(0xc0ffee)
    const missed: string[] = []
    const tried = new Map<string, number>()
    for (let run = 0; run < RUNS; run++) {
      const name = names[run % names.length] ?? ''
      const mutation = await MUTATIONS[name]?.(below)
      if (!mutation) continue
      tried.set(name, (tried.get(name) ?? 0) + 1)
      const report = await check(mutation, run % 20 === 0 ? 'entries' : 'checkpoints', [held])
      const [first] = report.breaks
      if (report.whole || !first || first.seq > LENGTH) missed.push(`${run}: ${name}`)
    }
    expect(missed).toEqual([])
    expect([...tried.values()].reduce((sum, n) => sum + n, 0)).toBe(RUNS)
    for (const name of names) expect(tried.get(name), name).toBeGreaterThanOrEqual(Math.floor(RUNS / names.length))
    // half of them are signed anew, each a few times
  }, 300_000)

  it('are found without any witness only where the owner’s key took no part (AUD-3)', async () => {
    const below = randomFrom(7)
    for (const name of names) {
      for (let run = 0; run < 20; run++) {
        const mutation = await MUTATIONS[name]?.(below)
        if (!mutation) continue
        const { whole } = await check(mutation, 'entries', [])
        expect(whole, name).toBe(mutation.byOwner)
      }
    }
  })

  it('name the entry that was changed (AUD-4)', async () => {
    for (let at = 0; at < LENGTH; at++) {
      const entries = honest.entries.map((text, index) => (index === at ? text.replace('acked', 'cancelled') : text))
      const report = await check(plain(entries), 'entries', [held])
      expect(report.breaks.find(({ fault }) => fault === 'signature')).toMatchObject({ seq: at, at: `/entries/${at}` })
    }
  })

  it('are not invented by what a liar hands over as a witness', async () => {
    const forged = await checkpointOver(thief, honest.entries.slice(0, 3))
    const unwitnessed = await checkpointOver(owner, honest.entries)
    const report = await check({ chain: honest, byOwner: false }, 'entries', [forged, unwitnessed, 'nothing at all'])
    expect(report).toMatchObject({ whole: true, breaks: [] })
  })
})
