import type { VerifiedEvent } from '../../../workers/kernel/log/verify.ts'
import type { Space } from '../../../workers/modules/evidence/space.ts'
import type { ClaimRow } from '../../../workers/modules/evidence/store.ts'
import { seenBy } from '../../../workers/modules/evidence/testing/scene.ts'
import { p95 } from '../../support/statistics.ts'
import { dexieQuestions, fillDexie } from './dexie.ts'
import { ourQuestions } from './ours.ts'
import { fillQuads, quadQuestions } from './quads.ts'
import { members, writeTown } from './town.ts'

const ROUNDS = 100
/** A store that needs longer for one question is not asked a hundred times. */
const SLOW_MS = 250
const FEW_ROUNDS = 15
const BATCH = 256

type Questions = Readonly<Record<string, (round: number) => Promise<unknown>>>
type Times = Readonly<Record<string, number>>

/** Milliseconds by question: p95, and the first of all. */
export interface Side {
  readonly fillMs: number
  readonly p95Ms: Times
  readonly firstMs: Times
}

export interface Scale {
  readonly ours: Side
  /** A query right after a batch of claims came, p95. */
  readonly afterArrivalMs: number
  readonly dexie: Side
  readonly quads: Side
}

async function timeOf(task: () => unknown): Promise<number> {
  const started = performance.now()
  await task()
  return performance.now() - started
}

async function timesOf(questions: Questions): Promise<Omit<Side, 'fillMs'>> {
  const [p95Ms, firstMs]: [Record<string, number>, Record<string, number>] = [{}, {}]
  for (const [name, ask] of Object.entries(questions)) {
    const first = await timeOf(() => ask(0))
    const times: number[] = []
    for (let round = 1; round <= (first > SLOW_MS ? FEW_ROUNDS : ROUNDS); round++) times.push(await timeOf(() => ask(round)))
    p95Ms[name] = p95(times)
    firstMs[name] = first
  }
  return { p95Ms, firstMs }
}

/** The last few batches come one after the other, each followed by the questions a screen asks then. */
async function afterArrivals(space: Space, late: readonly VerifiedEvent[]): Promise<number> {
  const questions = ourQuestions(space)
  // the view host's own way in
  const { apply } = space.view as Space['view'] & { apply(added: readonly VerifiedEvent[], removed: readonly string[]): void }
  const times: number[] = []
  for (let at = 0; at < late.length; at += BATCH) {
    apply(late.slice(at, at + BATCH), [])
    times.push(await timeOf(() => questions['everything, newest']?.(at)))
    times.push(await timeOf(() => questions['subject begins, few']?.(at % 100)))
  }
  return p95(times)
}

async function ourSide(
  events: readonly VerifiedEvent[],
): Promise<{ side: Side; afterArrivalMs: number; rows: readonly ClaimRow[] }> {
  const late = events.slice(-20 * BATCH)
  const started = performance.now()
  const space = seenBy([events.slice(0, -20 * BATCH)], members)
  space.newest()
  const fillMs = performance.now() - started
  space.bySubject()
  const afterArrivalMs = await afterArrivals(space, late)
  return { side: { fillMs, ...(await timesOf(ourQuestions(space))) }, afterArrivalMs, rows: space.newest() }
}

export async function claimsAtScale(claims: number): Promise<Scale> {
  const { side: ours, afterArrivalMs, rows } = await ourSide(writeTown(claims))
  let started = performance.now()
  const store = fillQuads(rows)
  const quads = { fillMs: performance.now() - started, ...(await timesOf(quadQuestions(store, rows))) }
  started = performance.now()
  const db = await fillDexie(rows)
  const dexie = { fillMs: performance.now() - started, ...(await timesOf(dexieQuestions(db, rows))) }
  await db.delete()
  return { ours, afterArrivalMs, dexie, quads }
}
