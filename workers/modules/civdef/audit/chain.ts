import type { AuditBreak, AuditEntry, AuditReport } from '#protocol/civdef/audit.ts'
import { formatCheckpoint, logName, parseCheckpoint, parseNote, signNote, toBase64, withLine } from '#protocol/civdef/note.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { ChainStore } from './chain-store.ts'
import { type Fact, signEntry, type Written, written } from './entry.ts'
import { createMerkleTree, type Hash, type MerkleTree } from './merkle.ts'
import { type Epoch, type VerifyOptions, verifyEpoch } from './verify.ts'

export interface ChainDeps {
  readonly signer: Signer
  readonly store: ChainStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told whenever a check finds what was not known before (AUD-4: loudly). */
  readonly onBreak: (first: AuditBreak) => void
}

/** A node's own audit chain (AUD-1, AUD-2): appended to, checkpointed, checked, and blocked when it does not hold together. */
export interface Chain {
  /** Entries of the current run. */
  size(): number
  current(): Epoch
  /** Every run, oldest first: what was broken stays. */
  epochs(): readonly Epoch[]
  /** @throws HearthError `civdef_audit_chain_broken`; nothing was recorded then */
  append(fact: Fact): Promise<AuditEntry>
  /** Signs how long the chain is and what its root is. The newest one again, when nothing came since. */
  checkpoint(): Promise<{ readonly note: string; readonly size: number }>
  newestCheckpoint(): { readonly note: string; readonly size: number } | null
  /** Keeps a witness's line with the checkpoint that it is for. */
  addWitness(size: number, line: string): Promise<void>
  inclusion(index: number, size: number): readonly Hash[]
  /** Base64, for a witness that holds the first `from` entries. */
  consistency(from: number, to: number): string[]
  /** The last check's result. */
  report(): AuditReport
  blocked(): boolean
  verify(options: Pick<VerifyOptions, 'by' | 'held'>): Promise<AuditReport>
  /** Goes on after a break: a new run whose first entry records what was broken (AUD-4). @throws HearthError `bad_request` */
  restart(reason: string): Promise<void>
}

/** Checkpoints that are kept of a run; a witness's newest is always among them. */
const KEEP_CHECKPOINTS = 500

interface Run extends Epoch {
  readonly tree: MerkleTree
  last: Written | null
  readonly entries: string[]
  checkpoints: readonly string[]
}

function running(epoch: Epoch): Run {
  const tree = createMerkleTree()
  let last: Written | null = null
  for (const text of epoch.entries) {
    last = written(text)
    tree.append(last.leaf)
  }
  return { ...epoch, entries: [...epoch.entries], tree, last }
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

/** Opens the chain and checks it by its checkpoints. */
export async function openChain({ signer, store, now, onBreak }: ChainDeps): Promise<Chain> {
  const runs = (await store.load()).map(running)
  let turn: Promise<unknown> = Promise.resolve()
  let report: AuditReport

  const latest = (): Run => {
    const run = runs.at(-1)
    if (!run) throw new HearthError('internal_error', 'a chain has at least one run')
    return run
  }
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = turn.then(task, task)
    turn = done.catch(() => {})
    return done
  }

  async function check(options: Pick<VerifyOptions, 'by' | 'held'>): Promise<AuditReport> {
    const before = runs.at(-2)?.last?.sha ?? null
    const next = await verifyEpoch(latest(), { ...options, owner: signer.nodeId, before })
    const [first] = next.breaks
    const isNews = first && !(report?.breaks ?? []).some(({ fault, seq }) => fault === first.fault && seq === first.seq)
    report = next
    if (isNews) onBreak(first)
    return next
  }
  report = await check({ by: 'checkpoints' })

  async function record(fact: Fact): Promise<AuditEntry> {
    const run = latest()
    const index = run.entries.length
    const prevSha = run.last?.sha ?? runs.at(-2)?.last?.sha ?? null
    const { entry, written: form } = await signEntry(signer, fact, { seq: run.start + index, prevSha }, now())
    await store.append(run.epoch, index, form.text)
    run.entries.push(form.text)
    run.tree.append(form.leaf)
    run.last = form
    return entry
  }

  function requireWhole(): void {
    if (report.whole) return
    throw new HearthError('civdef_audit_chain_broken', 'the audit chain does not hold together; it must be begun anew first')
  }

  const newest = (run: Run) => {
    const note = run.checkpoints.at(-1)
    return note === undefined ? null : { note, size: safeSize(note) }
  }

  async function keep(run: Run, notes: readonly string[]): Promise<void> {
    const kept = notes.length > KEEP_CHECKPOINTS ? [...notes.slice(0, 1), ...notes.slice(1 - KEEP_CHECKPOINTS)] : notes
    await store.saveCheckpoints(run.epoch, kept)
    run.checkpoints = kept
  }

  return {
    size: () => latest().entries.length,
    current: latest,
    epochs: () => runs,
    append: (fact) =>
      inTurn(async () => {
        requireWhole()
        return record(fact)
      }),

    checkpoint: () =>
      inTurn(async () => {
        requireWhole()
        const run = latest()
        const before = newest(run)
        if (before?.size === run.entries.length) return before
        // the checkpoint itself is recorded by the next one
        const size = run.entries.length
        const origin = logName(signer.nodeId, run.epoch)
        const text = formatCheckpoint({ origin, size, root: new Uint8Array(run.tree.root()), extensions: [] })
        const note = await signNote(signer, origin, text)
        await keep(run, [...run.checkpoints, note])
        return { note, size }
      }),

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
    consistency: (from, to) => latest().tree.consistency(from, to).map(toBase64),
    report: () => report,
    blocked: () => !report.whole,
    verify: (options) => inTurn(() => check(options)),

    restart: (reason) =>
      inTurn(async () => {
        if (report.whole) throw new HearthError('bad_request', 'the chain is whole; there is nothing to begin anew')
        const old = latest()
        const start = old.start + old.entries.length
        const broken = { reason, entries: start, breaks: report.breaks, checkpoints: old.checkpoints.slice(-1) }
        await store.begin(old.epoch + 1, start)
        runs.push(running({ epoch: old.epoch + 1, start, entries: [], checkpoints: [] }))
        report = { ...report, whole: true, breaks: [] }
        await record({ event: 'restarted', alertId: null, actor: signer.nodeId, payload: broken })
        await check({ by: 'entries' })
      }),
  }
}
