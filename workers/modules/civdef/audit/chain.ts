import type { AuditBreak, AuditEntry, AuditEvent, AuditReport } from '#protocol/civdef/audit.ts'
import { formatCheckpoint, logName, parseCheckpoint, parseNote, signNote, toBase64, withLine } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { ChainStore } from './chain-store.ts'
import { type Fact, signEntry, written } from './entry.ts'
import { createMerkleTree, type Hash, type MerkleTree } from './merkle.ts'
import { cutsOf } from './retention.ts'
import { type Base, deletionOf, type Epoch, merkleBase, type VerifyOptions, verifyEpoch } from './verify.ts'

export interface ChainDeps {
  readonly signer: Signer
  readonly store: ChainStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told whenever a check finds what was not known before (AUD-4: loudly). */
  readonly onBreak: (first: AuditBreak) => void
  /** Told of every entry that is durable. */
  readonly onEntry?: (event: AuditEvent) => void
}

export interface SizedNote {
  readonly note: string
  readonly size: number
}

/** A node's own audit chain (AUD-1, AUD-2): appended to, checkpointed, checked, and blocked when it does not hold together. */
export interface Chain {
  /** Entries of the current run, with those that were deleted after their time. */
  size(): number
  current(): Epoch
  /** Every run, oldest first: what was broken stays. */
  epochs(): readonly Epoch[]
  /** @throws HearthError `civdef_audit_chain_broken`; nothing was recorded then */
  append(fact: Fact): Promise<AuditEntry>
  /** What the entry at `index` of a run is about, as canonical text; null where it is not kept. */
  record(epoch: number, index: number): Promise<string | null>
  /** Signs how long the chain is and what its root is. The newest one again, when nothing came since. */
  checkpoint(): Promise<SizedNote>
  newestCheckpoint(): SizedNote | null
  /** Keeps a witness's line with the checkpoint that it is for. */
  addWitness(size: number, line: string): Promise<void>
  inclusion(index: number, size: number): readonly Hash[]
  /** Base64, for a witness that holds the first `from` entries; empty where those are gone. */
  consistency(from: number, to: number): string[]
  /** The last check's result. */
  report(): AuditReport
  blocked(): boolean
  verify(options: Pick<VerifyOptions, 'by' | 'held'>): Promise<AuditReport>
  /** Goes on after a break: a new run whose first entry records what was broken (AUD-4). @throws HearthError `bad_request` */
  restart(reason: string): Promise<void>
  /** Entries that are older than `limit`. @param limit RFC 3339 */
  expired(limit: string): number
  /** Deletes them, after an entry that says so (AUD-6). @returns how many @throws HearthError `civdef_audit_chain_broken` */
  deleteExpired(limit: string, years: number): Promise<number>
}

/** Checkpoints that are kept of a run; the newest with a witness is always among them. */
const KEEP_CHECKPOINTS = 128

interface Run extends Epoch {
  tree: MerkleTree
  /** Hash of the last entry; null for none. */
  lastSha: string | null
  entries: string[]
  checkpoints: readonly string[]
  base?: Base
}

function running(epoch: Epoch): Run {
  const tree = createMerkleTree(epoch.base && merkleBase(epoch.base))
  for (const text of epoch.entries) tree.append(written(text).leaf)
  const last = epoch.entries.at(-1)
  const lastSha = last === undefined ? (epoch.base?.sha ?? null) : written(last).sha
  return { ...epoch, entries: [...epoch.entries], tree, lastSha }
}

/** A run whose base is none is shown by the check; until then it counts as one without. */
function opened(epoch: Epoch): Run {
  try {
    return running(epoch)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof HearthError)) throw error
    const { base: _, ...rest } = epoch
    const run = running(rest)
    return epoch.base ? { ...run, base: epoch.base } : run
  }
}

const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size

/** What a checkpoint covers, even where its form is broken: then nothing. */
function safeSize(note: string): number {
  try {
    return sizeOf(note)
  } catch {
    return -1
  }
}

const isWitnessed = (note: string): boolean => note.trimEnd().split('\n\n').at(-1)?.includes('\n') ?? false

/** The newest, and the newest of them that somebody witnessed. */
function worthKeeping(notes: readonly string[]): readonly string[] {
  const newest = notes.slice(-KEEP_CHECKPOINTS)
  const witnessed = newest.some(isWitnessed) ? undefined : notes.findLast(isWitnessed)
  return witnessed === undefined ? newest : [witnessed, ...newest]
}

/** Opens the chain and checks it by its checkpoints. */
export async function openChain({ signer, store, now, onBreak, onEntry }: ChainDeps): Promise<Chain> {
  const runs = (await store.load()).map(opened)
  let turn: Promise<unknown> = Promise.resolve()
  let report: AuditReport

  const latest = (): Run => {
    const run = runs.at(-1)
    if (!run) throw new HearthError('internal_error', 'a chain has at least one run')
    return run
  }
  const lengthOf = ({ base, entries }: Epoch): number => (base?.size ?? 0) + entries.length
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = turn.then(task, task)
    turn = done.catch(() => {})
    return done
  }

  async function check(options: Pick<VerifyOptions, 'by' | 'held'>): Promise<AuditReport> {
    const before = runs.at(-2)?.lastSha ?? null
    const next = await verifyEpoch(latest(), { ...options, owner: signer.nodeId, before })
    const [first] = next.breaks
    const isNews = first && !(report?.breaks ?? []).some(({ fault, seq }) => fault === first.fault && seq === first.seq)
    report = next
    if (isNews) onBreak(first)
    return next
  }
  report = await check({ by: 'checkpoints' })

  async function write(fact: Fact): Promise<AuditEntry> {
    const run = latest()
    const index = lengthOf(run)
    const prevSha = run.lastSha ?? runs.at(-2)?.lastSha ?? null
    const { entry, written: form } = await signEntry(signer, fact, { seq: run.start + index, prevSha }, now())
    await store.keepRecord(run.epoch, index, canonical(fact.payload))
    await store.append(run.epoch, index, form.text)
    run.entries.push(form.text)
    run.tree.append(form.leaf)
    run.lastSha = form.sha
    onEntry?.(fact.event)
    return entry
  }

  function requireWhole(): void {
    if (report.whole) return
    throw new HearthError('civdef_audit_chain_broken', 'the audit chain does not hold together; it must be begun anew first')
  }

  const newest = (run: Run): SizedNote | null => {
    const note = run.checkpoints.at(-1)
    return note === undefined ? null : { note, size: safeSize(note) }
  }

  async function keep(run: Run, notes: readonly string[]): Promise<void> {
    const kept = worthKeeping(notes)
    await store.saveCheckpoints(run.epoch, kept)
    run.checkpoints = kept
  }

  async function checkpoint(): Promise<SizedNote> {
    requireWhole()
    const run = latest()
    const before = newest(run)
    const size = lengthOf(run)
    if (before?.size === size) return before
    // the checkpoint itself is recorded by the next one
    const origin = logName(signer.nodeId, run.epoch)
    const text = formatCheckpoint({ origin, size, root: new Uint8Array(run.tree.root()), extensions: [] })
    const note = await signNote(signer, origin, text)
    await keep(run, [...run.checkpoints, note])
    return { note, size }
  }

  /** First the signed word of it, then the base, then what is gone: a start after a crash in between finishes it. */
  async function cut(run: Run, size: number, years: number): Promise<void> {
    const gone = run.base?.size ?? 0
    const last = run.entries[size - gone - 1]
    if (last === undefined) return
    const { hashes } = run.tree.base(size)
    const base: Base = { size, hashes: hashes.map(toBase64), sha: written(last).sha, years }
    await write({ event: 'deleted', alertId: null, actor: signer.nodeId, payload: deletionOf(run.epoch, base) })
    const checkpoints = run.checkpoints.filter((note) => safeSize(note) >= size)
    await store.cut(run.epoch, base, checkpoints)
    Object.assign(run, running({ ...run, base, entries: run.entries.slice(size - gone), checkpoints }))
  }

  return {
    size: () => lengthOf(latest()),
    current: latest,
    epochs: () => runs,
    append: (fact) =>
      inTurn(async () => {
        requireWhole()
        return write(fact)
      }),
    record: (epoch, index) => store.record(epoch, index),
    checkpoint: () => inTurn(checkpoint),
    newestCheckpoint: () => newest(latest()),

    addWitness: (size, line) =>
      inTurn(async () => {
        const run = latest()
        await keep(
          run,
          run.checkpoints.map((note) => (safeSize(note) === size ? withLine(note, line) : note)),
        )
      }),

    inclusion: (index, size) => latest().tree.inclusion(index, size),
    consistency(from, to) {
      const run = latest()
      return from < (run.base?.size ?? 0) ? [] : run.tree.consistency(from, to).map(toBase64)
    },
    report: () => report,
    blocked: () => !report.whole,
    verify: (options) => inTurn(() => check(options)),

    restart: (reason) =>
      inTurn(async () => {
        if (report.whole) throw new HearthError('bad_request', 'the chain is whole; there is nothing to begin anew')
        const old = latest()
        const start = old.start + lengthOf(old)
        const broken = { reason, entries: start, breaks: report.breaks, checkpoints: old.checkpoints.slice(-1) }
        await store.begin(old.epoch + 1, start)
        runs.push(running({ epoch: old.epoch + 1, start, entries: [], checkpoints: [] }))
        report = { ...report, whole: true, breaks: [] }
        await write({ event: 'restarted', alertId: null, actor: signer.nodeId, payload: broken })
        await check({ by: 'entries' })
      }),

    expired: (limit) => cutsOf(runs, limit).reduce((sum, { size }, index) => sum + size - (runs[index]?.base?.size ?? 0), 0),
    deleteExpired: (limit, years) =>
      inTurn(async () => {
        await checkpoint()
        let deleted = 0
        for (const { run, size } of cutsOf(runs, limit)) {
          const gone = run.base?.size ?? 0
          if (size <= gone) continue
          await cut(run, size, years)
          deleted += size - gone
        }
        if (deleted > 0) {
          await checkpoint()
          await check({ by: 'entries' })
        }
        return deleted
      }),
  }
}
