import {
  type AuditBreak,
  type AuditEntry,
  AuditEntrySchema,
  type AuditFault,
  type AuditReport,
  shaOf,
} from '#protocol/civdef/audit.ts'
import { fromBase64, type OpenedCheckpoint, openCheckpoint, toBase64, witnessesOf } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { verifyRecord } from '#protocol/core/signing.ts'
import { type Written, written } from './entry.ts'
import { createMerkleTree, type MerkleBase, type MerkleTree, sameHash } from './merkle.ts'

/** What is left of the entries before those that are still there (AUD-6). */
export interface Base {
  /** Entries that are gone. */
  readonly size: number
  /** Base64 of what their Merkle tree is replaced by, largest subtree first. */
  readonly hashes: readonly string[]
  /** Of the last of them: the first that is still there points at it. */
  readonly sha: string
  /** The period that was kept to. */
  readonly years: number
}

/** What a `deleted` entry is about: the root and the end of what is gone, from which the chain goes on (AUD-6). */
export interface Deletion {
  readonly epoch: number
  readonly size: number
  /** Base64. */
  readonly root: string
  readonly last_sha: string
  readonly years: number
}

/** One unbroken run of a chain: since the beginning, or since it was deliberately begun anew (AUD-4). */
export interface Epoch {
  readonly epoch: number
  /** `seq` of its first entry. */
  readonly start: number
  /** Entries as they are stored: canonical texts; those after the base where there is one. */
  readonly entries: readonly string[]
  readonly base?: Base
  /** Signed notes, oldest first. */
  readonly checkpoints: readonly string[]
}

export interface VerifyOptions {
  readonly owner: NodeId
  /** `entries` walks every entry. `checkpoints` walks what no checkpoint covers: a signed root holds the rest. */
  readonly by: 'entries' | 'checkpoints'
  /** Checkpoints as witnesses hold them. What they saw cannot be unsaid (AUD-3). */
  readonly held?: readonly string[]
  /** `prev_sha` that the first entry must have: null for a chain's very first, left out where it is not known. */
  readonly before?: string | null
}

const MOST_BREAKS = 32

export const merkleBase = ({ size, hashes }: Base): MerkleBase => ({ size, hashes: hashes.map(fromBase64) })

export function deletionOf(epoch: number, base: Base): Deletion {
  const { size, sha, years } = base
  return { epoch, size, root: toBase64(createMerkleTree(merkleBase(base)).root()), last_sha: sha, years }
}

/** Entries that are gone without a signed word of it are missing (AUD-6). */
function unsaid({ epoch, start, base, entries }: Epoch): AuditBreak | null {
  if (!base) return null
  const at = '/base'
  const message = `the first ${base.size} entries are gone, and no entry says so`
  try {
    const sha = shaOf(deletionOf(epoch, base))
    const isSaid = entries.some((text) => text.includes(sha) && text.includes('"event":"deleted"'))
    return isSaid ? null : { fault: 'truncated', seq: start, at, message }
  } catch {
    return { fault: 'malformed', seq: start, at, message: 'what is left of the entries that are gone is not a base' }
  }
}

function treeOver({ base }: Epoch, forms: readonly Written[]): MerkleTree {
  let tree = createMerkleTree()
  try {
    if (base) tree = createMerkleTree(merkleBase(base))
  } catch {
    // `unsaid` names it; no root is the right one then
  }
  for (const { leaf } of forms) tree.append(leaf)
  return tree
}

/** An entry as it is stored; null for a text that is none. */
export function parsedEntry(text: string): AuditEntry | null {
  try {
    const value = parseJson(text)
    // a text that is not canonical would have another hash than the entry it shows
    return matches(AuditEntrySchema, value) && canonical(value) === text ? value : null
  } catch {
    return null
  }
}

/** @returns false, too, for a signature that is none: padding bits that are set, for instance */
const isSigned = (owner: NodeId, entry: AuditEntry): Promise<boolean> =>
  Promise.resolve()
    .then(() => verifyRecord(owner, entry))
    .catch(() => false)

/**
 * Form, number, link and signature of every entry from `from` on.
 * @param forms of all entries that are there, in their order
 * @param from place in them
 */
async function walk(
  chain: Epoch,
  forms: readonly Written[],
  { owner, before }: VerifyOptions,
  from: number,
): Promise<AuditBreak[]> {
  const breaks: AuditBreak[] = []
  const gone = chain.base?.size ?? 0
  for (const [offset, form] of forms.slice(from).entries()) {
    const place = from + offset
    const index = gone + place
    const seq = chain.start + index
    const found = (fault: AuditFault, message: string): void => {
      if (breaks.length < MOST_BREAKS) breaks.push({ fault, seq, at: `/entries/${index}`, message })
    }
    const entry = parsedEntry(form.text)
    if (!entry) {
      found('malformed', 'is not an audit entry in canonical form')
      continue
    }
    if (entry.seq !== seq) found('sequence', `is number ${entry.seq} in place ${seq}`)
    const expected = place > 0 ? forms[place - 1]?.sha : chain.base ? chain.base.sha : before
    if (expected !== undefined && entry.prev_sha !== expected) found('prev_hash', 'does not follow the entry before it')
    if (!(await isSigned(owner, entry))) found('signature', 'is not signed by the owner of the chain')
  }
  return breaks
}

interface Judged {
  readonly good: readonly OpenedCheckpoint[]
  readonly breaks: readonly AuditBreak[]
}

/** Each checkpoint: whose it is, whether there are that many entries, whether they give its root. */
async function judge(chain: Epoch, owner: NodeId, notes: readonly string[], tree: MerkleTree, held: boolean): Promise<Judged> {
  const good: OpenedCheckpoint[] = []
  const breaks: AuditBreak[] = []
  let whole = 0
  for (const [index, note] of notes.entries()) {
    const at = `/${held ? 'held' : 'checkpoints'}/${index}`
    const found = (fault: AuditFault, seq: number, message: string): void => {
      breaks.push({ fault, seq, at, message })
    }
    let opened: OpenedCheckpoint
    try {
      opened = await openCheckpoint(note, owner)
    } catch (error) {
      // a forged note that a witness hands over says nothing about the chain
      if (!held) found('checkpoint', chain.start + whole, toHearthError(error).message)
      continue
    }
    if (opened.epoch !== chain.epoch) {
      if (!held) found('checkpoint', chain.start + whole, 'is the checkpoint of another run of the chain')
      continue
    }
    if (held && (await witnessesOf(opened.note)).length === 0) continue
    const { size, root } = opened.body
    // of what is gone nothing can be computed any more
    if (size < (chain.base?.size ?? 0)) continue
    if (size > tree.size) found('truncated', chain.start + tree.size, `covers ${size} entries, of which ${tree.size} are there`)
    else if (!sameHash(tree.root(size), root)) {
      const message = `the first ${size} entries are not those that were signed; the first ${whole} are`
      found(held ? 'forked' : 'root', chain.start + whole, message)
    } else {
      whole = Math.max(whole, size)
      good.push(opened)
    }
  }
  return { good, breaks }
}

const largest = (checkpoints: readonly OpenedCheckpoint[]): number =>
  checkpoints.reduce((most, { body }) => Math.max(most, body.size), 0)

/**
 * Walks one run of a chain and says where and how it breaks (AUD-4). Found without any witness: whatever its owner's key did
 * not sign, entries that are missing, moved or changed, and everything that contradicts a checkpoint that is still there. Only
 * a witness's checkpoint shows what the owner of the key itself rewrote, cut off or told differently to others.
 */
export async function verifyEpoch(chain: Epoch, options: VerifyOptions): Promise<AuditReport> {
  const { owner, held = [] } = options
  const forms = chain.entries.map(written)
  const tree = treeOver(chain, forms)
  const gone = chain.base?.size ?? 0
  const own = await judge(chain, owner, chain.checkpoints, tree, false)
  // what a signed root covers is what was signed, to the last bit: nothing is left to ask of those entries one by one
  const covered = options.by === 'checkpoints' && own.breaks.length === 0 ? largest(own.good) : 0
  const breaks = await walk(chain, forms, options, Math.max(0, covered - gone))
  const seen = await judge(chain, owner, held, tree, true)
  const witnessed: OpenedCheckpoint[] = []
  const witnesses = new Set<NodeId>()
  for (const checkpoint of [...own.good, ...seen.good]) {
    const names = await witnessesOf(checkpoint.note)
    if (names.length > 0) witnessed.push(checkpoint)
    for (const name of names) witnesses.add(name)
  }
  const missing = unsaid(chain)
  const all = [...(missing ? [missing] : []), ...breaks, ...own.breaks, ...seen.breaks].sort((a, b) => a.seq - b.seq)
  return {
    whole: all.length === 0,
    entries: gone + chain.entries.length,
    checkpoints: chain.checkpoints.length,
    checkpointed: largest([...own.good, ...seen.good]),
    witnessed: largest(witnessed),
    witnesses: [...witnesses],
    breaks: all.slice(0, MOST_BREAKS),
  }
}
