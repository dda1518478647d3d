import { cosignCheckpoint, formatCheckpoint, logName, signNote, withLine } from '#protocol/civdef/note.ts'
import { parseJson } from '#protocol/core/json.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { verifyRecord } from '#protocol/core/signing.ts'
import { signEntry } from '../../../workers/modules/civdef/audit/entry.ts'
import { createMerkleTree } from '../../../workers/modules/civdef/audit/merkle.ts'
import { type Epoch, verifyEpoch } from '../../../workers/modules/civdef/audit/verify.ts'
import { testSigner } from '../../../workers/testing/test-identity.ts'

/** A checkpoint after so many entries. */
const APART = 1000
const ROUNDS = 5

export interface AuditTimes {
  /** Milliseconds, one for each round, by the newest witnessed checkpoint. */
  readonly byCheckpoint: readonly number[]
  /** Every link, form and signature, once. */
  readonly byEntries: number
  /** The signatures alone, once. */
  readonly signatures: number
}

/** A chain of answers, checkpointed all along, with a witness under the newest. */
async function writeChain(owner: Signer, witness: Signer, entries: number): Promise<Epoch> {
  const tree = createMerkleTree()
  const texts: string[] = []
  const checkpoints: string[] = []
  const origin = logName(owner.nodeId)
  let prevSha: string | null = null
  for (let seq = 0; seq < entries; seq++) {
    const fact = { event: 'acked' as const, alertId: null, actor: owner.nodeId, payload: { seq } }
    const { written } = await signEntry(owner, fact, { seq, prevSha }, Date.UTC(2026, 4, 26) + seq)
    texts.push(written.text)
    tree.append(written.leaf)
    prevSha = written.sha
    if ((seq + 1) % APART !== 0 && seq + 1 !== entries) continue
    const body = formatCheckpoint({ origin, size: seq + 1, root: new Uint8Array(tree.root()), extensions: [] })
    const note = await signNote(owner, origin, body)
    checkpoints.push(seq + 1 === entries ? withLine(note, await cosignCheckpoint(witness, body, 1_779_782_400)) : note)
  }
  return { epoch: 0, start: 0, entries: texts, checkpoints }
}

async function timeOf(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await task()
  return performance.now() - started
}

/** Verifies one and the same chain each way, in turns. @throws when one of them does not find it whole */
export async function auditAtScale(entries: number): Promise<AuditTimes> {
  const [owner, witness] = [await testSigner(1), await testSigner(2)]
  const chain = await writeChain(owner, witness, entries)
  const verify = async (by: 'checkpoints' | 'entries'): Promise<void> => {
    const report = await verifyEpoch(chain, { owner: owner.nodeId, by, before: null })
    if (!report.whole || report.witnessed !== entries) throw new Error(`verify by ${by} found a break that is none`)
  }
  const byCheckpoint: number[] = []
  for (let round = 0; round < ROUNDS; round++) byCheckpoint.push(await timeOf(() => verify('checkpoints')))
  const byEntries = await timeOf(() => verify('entries'))
  const signatures = await timeOf(async () => {
    for (const text of chain.entries) {
      // written above
      const entry = parseJson(text) as { readonly signature: never }
      if (!(await verifyRecord(owner.nodeId, entry))) throw new Error('a signature that is none')
    }
  })
  return { byCheckpoint, byEntries, signatures }
}
