import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCheckpoint, logName, signNote } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { signEntry } from '../workers/modules/civdef/audit/entry.ts'
import { exportLines, toJsonl } from '../workers/modules/civdef/audit/export.ts'
import { createMerkleTree } from '../workers/modules/civdef/audit/merkle.ts'
import { testSigner } from '../workers/testing/test-identity.ts'

const run = promisify(execFile)
let folder: string
let file: string

const verify = (path: string) =>
  run('npx', ['tsx', 'scripts/verify-audit.ts', path]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  )

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'))
  const owner = await testSigner(31)
  const tree = createMerkleTree()
  const entries: string[] = []
  let prevSha: string | null = null
  for (let seq = 0; seq < 5; seq++) {
    const fact = { event: 'acked' as const, alertId: null, actor: owner.nodeId, payload: { seq } }
    const { written } = await signEntry(owner, fact, { seq, prevSha }, Date.UTC(2026, 4, 26))
    tree.append(written.leaf)
    entries.push(written.text)
    prevSha = written.sha
  }
  const origin = logName(owner.nodeId)
  const text = formatCheckpoint({ origin, size: 5, root: new Uint8Array(tree.root()), extensions: [] })
  const chain = { epoch: 0, start: 0, entries, checkpoints: [await signNote(owner, origin, text)] }
  file = toJsonl(
    await exportLines({
      ...{ owner: owner.nodeId, chain, size: 5, madeAt: Date.UTC(2026, 4, 26), certificates: [] },
      record: async (index) => canonical({ seq: index }),
      alertOf: () => null,
    }),
  )
})
afterAll(() => rm(folder, { recursive: true }))

describe('the verifier on the command line', () => {
  it('says that an export holds, and in which line and entry one byte was flipped (AUD-5)', async () => {
    const good = join(folder, 'good.jsonl')
    await writeFile(good, file)
    expect(await verify(good)).toMatchObject({ code: 0, stdout: expect.stringContaining('5 of 5 entries') })
    const bad = join(folder, 'bad.jsonl')
    await writeFile(bad, file.replace('"seq":3', '"seq":7'))
    const { code, stdout } = await verify(bad)
    expect(code).toBe(1)
    expect(stdout).toContain('line 8, entry 3')
  })
})
