import type { Alert, SealedAlert } from '#protocol/civdef/alert.ts'
import { type AuditEntry, AuditEntrySchema } from '#protocol/civdef/audit.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { fromBase64, parseCheckpoint, parseNote, toBase64 } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { written } from './entry.ts'
import { createMerkleTree, type MerkleTree } from './merkle.ts'
import { deletionOf, type Epoch, merkleBase } from './verify.ts'

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
  /** What the entry at this index is about, as canonical text; null where it is not kept. */
  readonly record: (index: number) => Promise<string | null>
  /** The alert that an entry is about, as it travelled: its words, unless they are for a role, and whether it is a drill (CIV-9). */
  readonly alertOf: (entry: AuditEntry) => Alert | SealedAlert | null
}

/** One line of an export. */
export type ExportLine =
  | { readonly kind: 'header'; readonly [field: string]: unknown }
  | {
      readonly kind: 'entry'
      readonly index: number
      /** An `AuditEntry`; of a chain that was changed on the disk whatever stands there, as text where it is no JSON. */
      readonly entry: unknown
      readonly proof: readonly string[]
      /** Whether its alert is a drill; left out where the alert is not known here, or there is none. */
      readonly drill?: boolean
    }
  | { readonly kind: 'record'; readonly index: number; readonly record: unknown }
  | { readonly kind: 'alert'; readonly alert: Alert | SealedAlert }
  | {
      readonly kind: 'checkpoint'
      readonly size: number
      readonly from: number
      readonly note: string
      readonly proof: string[]
    }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }

const sizeOf = (note: string): number => {
  try {
    return parseCheckpoint(parseNote(note).text).size
  } catch {
    // the check names it; here it is left out
    return -1
  }
}

/** What a text says; the text itself where it is no JSON that can be written again. */
function readable(text: string): unknown {
  try {
    const value = parseJson(text)
    canonical(value)
    return value
  } catch {
    return text
  }
}

interface Chosen {
  readonly index: number
  readonly value: unknown
  /** Null for what is no entry. */
  readonly entry: AuditEntry | null
  /** Left out where it is not kept. */
  readonly record?: unknown
}

/** Whether a recorded alert, open or sealed, is a drill (CIV-9). */
function drillIn({ entry, record }: Chosen): [[string, boolean]] | null {
  const isAlert = typeof record === 'object' && record !== null && 'publisher' in record && 'drill' in record
  return isAlert && entry && entry.alert_id !== null ? [[entry.alert_id, record.drill === true]] : null
}

/** Every proof leads to the newest checkpoint; of a chain that does not hold together there may be none. */
const proofIn = (tree: MerkleTree, index: number, size: number): string[] => tree.inclusion(index, size).map(toBase64)

/**
 * A chain, or a part of it: header, each entry with its proof and the record it is about, the alerts that entries speak of,
 * checkpoints with proofs between them, certificates (AUD-5). An entry that is left out leaves its place to be seen and the
 * others provable.
 * @throws HearthError `bad_request` where there is nothing to export
 */
export async function exportLines(input: ExportInput): Promise<ExportLine[]> {
  const { owner, chain, size, madeAt, only, certificates, record, alertOf } = input
  const gone = chain.base?.size ?? 0
  if (size <= gone || size > gone + chain.entries.length) {
    throw new HearthError('bad_request', 'no checkpoint covers these entries')
  }
  const tree = createMerkleTree(chain.base && merkleBase(chain.base))
  for (const text of chain.entries) tree.append(written(text).leaf)
  const base = chain.base && {
    ...deletionOf(chain.epoch, chain.base),
    hashes: chain.base.hashes.map((hash) => toBase64(fromBase64(hash))),
    proof: tree.consistency(gone, size).map(toBase64),
  }
  const chosen: Chosen[] = []
  for (const [place, text] of chain.entries.slice(0, size - gone).entries()) {
    const value = readable(text)
    const entry = matches(AuditEntrySchema, value) ? value : null
    // what is none belongs into every part: nobody can say that it is not about this
    if (only && entry && !only(entry)) continue
    const about = await record(gone + place)
    chosen.push({ index: gone + place, value, entry, record: about === null ? undefined : readable(about) })
  }
  // the records of this chain say of their alerts whether they are drills; of others' alerts the alerts themselves do
  const drills = new Map(chosen.flatMap((one) => drillIn(one) ?? []))
  const alerts = new Map<string, Alert | SealedAlert>()
  for (const { entry } of chosen) {
    if (!entry || entry.alert_id === null || drills.has(entry.alert_id)) continue
    const alert = alertOf(entry)
    if (alert) alerts.set(alert.alert_id, alert)
  }
  for (const { alert_id, drill } of alerts.values()) drills.set(alert_id, drill)
  const lines: ExportLine[] = []
  for (const { index, value, entry, record: about } of chosen) {
    const drill = drills.get(entry?.alert_id ?? '')
    lines.push({
      kind: 'entry',
      index,
      entry: value,
      proof: proofIn(tree, index, size),
      ...(drill === undefined ? {} : { drill }),
    })
    if (about !== undefined) lines.push({ kind: 'record', index, record: about })
  }
  for (const alert of alerts.values()) lines.push({ kind: 'alert', alert })
  let from = 0
  for (const note of chain.checkpoints) {
    const to = sizeOf(note)
    if (to > size || to < gone || to < 1) continue
    lines.push({ kind: 'checkpoint', size: to, from, note, proof: from === 0 ? [] : tree.consistency(from, to).map(toBase64) })
    from = to
  }
  for (const certificate of certificates) lines.push({ kind: 'certificate', certificate })
  const header = {
    kind: 'header' as const,
    format: 'hearthnet-civdef-audit',
    version: 1,
    log: owner,
    epoch: chain.epoch,
    start: chain.start,
    size,
    made_at: wireTime(madeAt),
    whole: only === undefined,
    drills: lines.filter((line) => line.kind === 'entry' && line.drill === true).length,
    ...(base ? { base } : {}),
  }
  return [header, ...lines]
}

/** One canonical JSON text a line. */
export const toJsonl = (lines: readonly ExportLine[]): string => lines.map((line) => `${canonical(line)}\n`).join('')
