import type { AuditEntry } from '#protocol/civdef/audit.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { toBase64 } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { written } from './entry.ts'
import { createMerkleTree } from './merkle.ts'
import type { Epoch } from './verify.ts'

export const AUDIT_MEDIA_TYPE = 'application/vnd.hearthnet.civdef-audit+jsonl'

export interface ExportInput {
  readonly owner: NodeId
  readonly chain: Epoch
  /** What the chain's newest checkpoint covers: every entry's proof leads to it. */
  readonly size: number
  readonly madeAt: number
  /** Which entries; all of them where it is left out. */
  readonly only?: (entry: AuditEntry) => boolean
  readonly certificates: readonly Certificate[]
  /** Records that entries are about, as far as this device still has them. */
  readonly records: readonly unknown[]
}

/**
 * A chain, or a part of it, as one JSON text a line: header, entries with proofs, checkpoints with proofs between them,
 * certificates, records (AUD-5). An entry that is left out leaves its place to be seen and the others provable.
 * @throws HearthError `bad_request` where the chain has no checkpoint over what is exported
 */
export function exportJsonl({ owner, chain, size, madeAt, only, certificates, records }: ExportInput): string {
  if (size < 1 || size > chain.entries.length) throw new HearthError('bad_request', 'no checkpoint covers these entries')
  const tree = createMerkleTree()
  for (const text of chain.entries) tree.append(written(text).leaf)
  const lines: unknown[] = [
    {
      kind: 'header',
      format: 'hearthnet-civdef-audit',
      version: 1,
      log: owner,
      epoch: chain.epoch,
      start: chain.start,
      size,
      made_at: wireTime(madeAt),
      whole: only === undefined,
    },
  ]
  for (const [index, text] of chain.entries.slice(0, size).entries()) {
    // what this device wrote and checked before it exports
    const entry = JSON.parse(text) as AuditEntry
    if (only && !only(entry)) continue
    lines.push({ kind: 'entry', index, entry, proof: tree.inclusion(index, size).map(toBase64) })
  }
  let from = 0
  for (const note of chain.checkpoints) {
    const to = Number(note.split('\n')[1])
    if (!Number.isSafeInteger(to) || to > size) continue
    lines.push({ kind: 'checkpoint', size: to, from, note, proof: tree.consistency(from, to).map(toBase64) })
    from = to
  }
  for (const certificate of certificates) lines.push({ kind: 'certificate', certificate })
  for (const record of records) lines.push({ kind: 'record', record })
  return lines.map((line) => `${canonical(line)}\n`).join('')
}
