import { type AuditEvent, shaOf } from '#protocol/civdef/audit.ts'
import { auditWitness } from '#protocol/civdef/audit-capabilities.ts'
import { auditChanged, auditCheckpointed } from '#protocol/civdef/events.ts'
import { openCheckpoint, witnessesOf } from '#protocol/civdef/note.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { Chain } from './chain.ts'

/**
 * What no checkpoint covers can still be rewritten by whoever holds this device, so a burst waits no longer than a quiet half
 * minute, and one that does not end no longer than so many entries. A checkpoint costs one signature, one event and a call to each
 * witness: in an incident of hours some hundred of them, nothing a tablet feels.
 */
const QUIET_MS = 30_000
const MOST_UNCOVERED = 32
/** One honest witness is enough. Seven leave room for some that are in on it, and a note with their lines is 1.5 KB. */
const WITNESSES_WANTED = 7
/** A person waits for the checkpoint: after so long nobody else is asked until the next time. */
const PATIENCE_MS = 3_000
/** Of this chain's own checkpoints in the community's log, when it is verified. */
const NOTES_LOOKED_AT = 16
/** Nobody near: asked again soon, then ever less often, as people come back within minutes or not before the evening. */
const RETRY_FIRST_MS = 60_000
const RETRY_LAST_MS = 30 * 60_000

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'notify' | 'log' | 'publish' | 'members'> & {
  readonly chain: Chain
}

/** Makes checkpoints by itself and finds witnesses for them (AUD-2, AUD-3). */
export interface Steward {
  /** Right now: because a person wants it, or an export is made. @throws HearthError `civdef_audit_chain_broken` */
  checkpoint(): Promise<{ readonly size: number; readonly witnesses: readonly NodeId[] }>
  /** Whether something came that no checkpoint covers, but for the word of the last one itself. */
  isDue(): boolean
  /** Checkpoints of this chain as members hold them, and as they stand in the community's log. */
  heldElsewhere(): Promise<readonly string[]>
  /** To be told of every entry. */
  noticed(event: AuditEvent): void
  stop(): void
}

/** The checkpoint that a witness shows with its refusal. */
function heldIn(data: JsonValue | undefined): readonly string[] {
  const held = typeof data === 'object' && data !== null && 'held' in data ? data.held : undefined
  return typeof held === 'string' ? [held] : []
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  const out = [...items]
  for (let at = out.length - 1; at > 0; at--) {
    const other = random(at + 1)
    const [a, b] = [out[at], out[other]]
    if (a === undefined || b === undefined) continue
    out[at] = b
    out[other] = a
  }
  return out
}

export function createSteward(deps: Deps): Steward {
  const { bus, runtime, signer, notify, log, publish, members, chain } = deps
  let quiet = (): void => {}
  let retry = (): void => {}
  let retryMs = RETRY_FIRST_MS
  let stopped = false
  let turn: Promise<unknown> = Promise.resolve()

  /** Entries that no checkpoint covers and that are about more than a checkpoint. */
  function uncovered(): number {
    const { base, entries } = chain.current()
    const from = (chain.newestCheckpoint()?.size ?? 0) - (base?.size ?? 0)
    return entries.slice(Math.max(0, from)).filter((text) => !text.includes('"event":"checkpointed"')).length
  }

  const random = (below: number): number => new DataView(runtime.randomBytes(4).buffer).getUint32(0) % below

  const others = (): NodeId[] =>
    members
      .all()
      .filter(({ nodeId, status }) => status === 'active' && nodeId !== signer.nodeId)
      .map(({ nodeId }) => nodeId)

  /** Checkpoints that contradict this chain, as a witness showed them. */
  const contradictions: string[] = []

  /** One witness: from what it holds to the newest checkpoint. @returns its line; null where it gives none */
  async function ask(to: NodeId, note: string, size: number): Promise<string | null> {
    try {
      const first = await bus.call(auditWitness, { note, old_size: 0, proof: [] }, { to })
      if (first.outcome === 'cosigned') return first.line
      if (first.size > size) {
        contradictions.push(first.held)
        return null
      }
      const proof = chain.consistency(first.size, size)
      const second = await bus.call(auditWitness, { note, old_size: first.size, proof }, { to })
      return second.outcome === 'cosigned' ? second.line : null
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      // who is away or has the module off is no witness now; who saw another history says which
      if (error.code === 'civdef_audit_chain_broken') contradictions.push(...heldIn(error.data))
      return null
    }
  }

  const newestWitnesses = async (): Promise<readonly NodeId[]> => {
    const newest = chain.newestCheckpoint()
    return newest ? witnessesOf((await openCheckpoint(newest.note, signer.nodeId)).note) : []
  }

  /** Asks as many as are still wanted, in any order, so that nobody is a witness of everything. */
  async function findWitnesses(note: string, size: number): Promise<void> {
    const known = new Set(await newestWitnesses())
    const waiting = shuffled(
      others().filter((one) => !known.has(one)),
      random,
    )
    const until = runtime.monotonic() + PATIENCE_MS
    while (known.size < WITNESSES_WANTED && waiting.length > 0 && runtime.monotonic() < until) {
      const asked = waiting.splice(0, WITNESSES_WANTED - known.size)
      const lines = await Promise.all(asked.map((to) => ask(to, note, size)))
      for (const [index, line] of lines.entries()) {
        const by = asked[index]
        if (line === null || by === undefined) continue
        await chain.addWitness(size, line)
        known.add(by)
      }
    }
    // what a witness saw cannot be unsaid: the chain is looked at in its light, and blocked if it does not hold (AUD-4)
    if (contradictions.length > 0) await chain.verify({ by: 'checkpoints', held: contradictions.splice(0) })
  }

  /** Into the community's log, where everyone keeps it, and into the chain. */
  async function tell(note: string, size: number): Promise<void> {
    publish(await log.append(auditCheckpointed, { size, note }))
    await chain.append({ event: 'checkpointed', alertId: null, actor: signer.nodeId, payload: { note } })
  }

  /** Whether the newest checkpoint, with its lines, is in the chain already. */
  const isTold = (note: string): boolean => {
    const sha = shaOf({ note })
    return chain.current().entries.some((text) => text.includes(sha))
  }

  async function run(): Promise<{ size: number; witnesses: readonly NodeId[] }> {
    quiet()
    const before = chain.newestCheckpoint()
    // the word of the last checkpoint alone needs no new one, or they would never end
    const { note, size } = before && uncovered() === 0 && !chain.blocked() ? before : await chain.checkpoint()
    const had = (await newestWitnesses()).length
    await findWitnesses(note, size)
    const witnesses = await newestWitnesses()
    const newest = chain.newestCheckpoint()?.note ?? note
    // a further line is worth an event only where it is the first
    const isNews = (had === 0 || witnesses.length <= had) && !isTold(newest)
    if (isNews && !chain.blocked()) await tell(newest, size)
    notify(auditChanged)
    plan(witnesses.length)
    return { size, witnesses }
  }

  /** Looks for more witnesses later, as long as there are more to be had. */
  function plan(have: number): void {
    retry()
    if (stopped) return
    if (have >= Math.min(WITNESSES_WANTED, others().length)) {
      retryMs = RETRY_FIRST_MS
      return
    }
    retry = runtime.after(retryMs, () => inBackground())
    retryMs = Math.min(RETRY_LAST_MS, retryMs * 2)
  }

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = turn.then(task, task)
    turn = done.catch(() => {})
    return done
  }

  function inBackground(): void {
    if (stopped || chain.size() === 0 || chain.blocked()) return
    inTurn(run).catch((error: unknown) => {
      // what was under way when the module stopped is done by the next start: nothing of it is lost
      if (stopped) return
      // a full or a revoked device tries again later; anything else is a fault of ours
      if (error instanceof HearthError) plan(0)
      else reportError(error)
    })
  }

  function noticed(event: AuditEvent): void {
    if (stopped || event === 'checkpointed') return
    quiet()
    const isMany = uncovered() >= MOST_UNCOVERED
    quiet = runtime.after(isMany ? 0 : QUIET_MS, () => inBackground())
  }

  // what was left uncovered when the device went off
  if (uncovered() > 0) quiet = runtime.after(QUIET_MS, () => inBackground())

  return {
    checkpoint: () => inTurn(run),
    isDue: () => uncovered() > 0,
    noticed,

    async heldElsewhere() {
      const newest = chain.newestCheckpoint()
      const notes: string[] = []
      for await (const batch of log.past(new Set([auditCheckpointed.type]))) {
        for (const { event } of batch) {
          const { note } = event.data as { readonly note?: unknown }
          if (event.author === signer.nodeId && typeof note === 'string') notes.push(note)
        }
      }
      // the newest hold all that the older ones do
      notes.splice(0, Math.max(0, notes.length - NOTES_LOOKED_AT))
      if (!newest) return notes
      const asked = others().map(async (to) => {
        const answer = await bus.call(auditWitness, { note: newest.note, old_size: newest.size + 1, proof: [] }, { to })
        return answer.held === '' ? [] : [answer.held]
      })
      const answers = await Promise.allSettled(asked)
      return [...notes, ...answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))]
    },

    stop() {
      stopped = true
      quiet()
      retry()
    },
  }
}
