import type { CaseResult } from '#protocol/protocol/report.ts'
import type { Peer } from '../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, type Queue, ruleOf, shown, Violation } from './case.ts'
import { type Cast, createCast } from './cast.ts'
import type { Context } from './context.ts'
import { randomOf } from './random.ts'
import type { Target } from './target.ts'
import { FEATURES } from './target.ts'

/** A case with the section its folder makes it part of. */
export interface Placed {
  readonly section: string
  readonly test: Case
}

/** Milliseconds since the cases began, and how many. */
export interface Span {
  readonly from: number
  readonly ms: number
}

/** Cases beside each other, then those that are alone; then the shared peers go. */
export type Part = 'lanes' | 'alone' | 'leaving'

export interface RunOptions {
  readonly seed: number
  /** Cases at once. */
  readonly lanes: number
  /** Stop at the first failure: to see whether a fault is caught. */
  readonly bail?: boolean
  readonly signal?: AbortSignal
  readonly progress?: (done: number, total: number, failed: number, current: string) => void
  /** When a case began and how long it took, for the summary. */
  readonly timed?: (id: string, span: Span) => void
  /** A part of the run is over. */
  readonly parted?: (part: Part, ms: number) => void
  /** What of a command line makes the same run again. */
  readonly recipe: string
}

/** Not a measure of speed: a machine that does ten other things is still right. */
const LIMIT_MS = 60_000
const TEXT_MAX = 2000
const TRANSCRIPT_LINES = 12

const cut = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text)

/** The names `protocol.self.describe` announces, with their states. */
async function announcedBy(target: Target, cast: Cast): Promise<ReadonlyMap<string, string>> {
  const answer = target.seat
    ? await target.seat.ask('protocol.self.describe', {})
    : await (await cast.shared('stranger')).ask('protocol.self.describe', {})
  const names = member(answer, 'output', 'capabilities')
  if (!Array.isArray(names)) return new Map()
  return new Map(names.filter(isObject).map((each): [string, string] => [String(each.name), String(each.state)]))
}

/** Asks once for each protocol whether the system speaks it, by opening a stream as a member. */
function listenerOf(cast: Cast): (protocol: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  async function asked(protocol: string): Promise<boolean> {
    const { line } = await cast.shared('member')
    return line.open(protocol, 'none').then(
      (stream) => {
        stream.abort()
        return true
      },
      () => false,
    )
  }
  return (protocol) => {
    const answer = known.get(protocol) ?? asked(protocol)
    known.set(protocol, answer)
    return answer
  }
}

interface Offered {
  readonly announced: ReadonlyMap<string, string>
  readonly speaks: (protocol: string) => Promise<boolean>
}

/** Why a case cannot run here, or null. */
async function obstacle(
  { capability, protocol, needs }: Case,
  target: Target,
  { announced, speaks }: Offered,
): Promise<string | null> {
  const missing = needs.filter((feature) => !target.features.has(feature))
  if (missing.length > 0) {
    return `the target "${target.kind}" does not offer: ${missing.map((feature) => FEATURES[feature]).join(', ')}`
  }
  if (capability !== undefined) {
    const state = announced.get(capability)
    if (state === undefined || state === 'not_built' || state === 'disabled') return `${capability} is not advertised`
  }
  return protocol === undefined || (await speaks(protocol)) ? null : `${protocol} is not spoken`
}

function contextOf(
  target: Target,
  cast: Cast,
  announced: ReadonlyMap<string, string>,
  seedOf: { readonly seed: number; readonly id: string },
  transcript: string[],
): { readonly context: Context; end(passed: boolean): Promise<void> } {
  const own: Peer[] = []
  const borrowed: Peer[] = []
  const note = (line: string): void => {
    transcript.push(line)
    if (transcript.length > TRANSCRIPT_LINES) transcript.shift()
  }
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  const context: Context = {
    target,
    announced,
    note,
    pause,
    random: randomOf(seedOf.seed, seedOf.id),
    peer: (standing) => cast.shared(standing),
    async fresh(standing) {
      const peer = await cast.fresh(standing, note)
      own.push(peer)
      return peer
    },
    async lent(standing, part = '') {
      const peer = await cast.lend(standing, part, note)
      borrowed.push(peer)
      return peer
    },
    get seat() {
      if (!target.seat) throw new Error('this target has no seat for a person')
      return target.seat
    },
    get codec() {
      if (!target.codec) throw new Error('the codec of this target cannot be reached')
      return target.codec
    },
    async does(capability, input) {
      const answer = await context.seat.ask(capability, input)
      ensure(outcomeOf(answer) === 'ok', `the person's ${capability} is served`, answer)
      return member(answer, 'output') ?? null
    },
    async eventually(holds, waitMs = 15_000) {
      const until = Date.now() + waitMs
      for (;;) {
        if (await holds()) return true
        if (Date.now() >= until) return false
        await pause(40)
      }
    },
  }
  return {
    context,
    async end(passed) {
      // a case that failed may still be running
      const spoilt = borrowed.filter((peer) => !passed || !cast.giveBack(peer))
      await Promise.all([...own, ...spoilt].map((peer) => peer.stop()))
    },
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Violation(`an end within ${ms} ms`, 'none')), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Runs the cases that can run and says of the others why not. Order is the registry's, whatever ran first. */
export async function runCases(target: Target, cases: readonly Placed[], options: RunOptions): Promise<CaseResult[]> {
  const { seed, lanes, signal, progress, bail = false } = options
  const began = performance.now()
  const cast = createCast(target, randomOf(seed, 'cast'))
  const announced = await announcedBy(target, cast)
  const speaks = listenerOf(cast)
  const results = new Map<string, CaseResult>()
  /** Peers that still say goodbye, which takes each half a second: in a lane nobody waits for it. */
  const leaving = new Set<Promise<void>>()
  let failed = 0

  async function judge({ section, test }: Placed): Promise<CaseResult> {
    const head = { id: test.id, rule: ruleOf(test), title: test.title, section }
    const why = await obstacle(test, target, { announced, speaks })
    if (why !== null) return { ...head, state: 'skipped', reason: why }
    const transcript: string[] = []
    const { context, end } = contextOf(target, cast, announced, { seed, id: test.id }, transcript)
    const started = performance.now()
    let passed = false
    try {
      await within(test.limitMs ?? LIMIT_MS, test.run(context))
      passed = true
      return { ...head, state: 'passed' }
    } catch (failure) {
      const { expected, observed } =
        failure instanceof Violation
          ? failure
          : {
              expected: test.title,
              observed: failure instanceof Error ? `${failure.name}: ${failure.message}` : shown(failure),
            }
      const told = transcript.length > 0 ? `\n${transcript.join('\n')}` : ''
      const reproduce = cut(`npm run conformance -- ${options.recipe} --case ${test.id}${told}`)
      return { ...head, state: 'failed', expected: cut(expected), observed: cut(observed), reproduce }
    } finally {
      const ended: Promise<void> = end(passed).finally(() => leaving.delete(ended))
      leaving.add(ended)
      // the next one in its queue may count who is there
      if (test.queue !== undefined) await ended
      options.timed?.(test.id, { from: started - began, ms: performance.now() - started })
    }
  }

  async function take(placed: Placed): Promise<void> {
    signal?.throwIfAborted()
    progress?.(results.size, cases.length, failed, placed.test.id)
    const result = await judge(placed)
    if (result.state === 'failed') failed += 1
    results.set(placed.test.id, result)
  }

  async function work(queue: Placed[]): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (bail && failed > 0) return
      await take(next)
    }
  }

  async function part(name: Part, work: () => Promise<unknown>): Promise<void> {
    const from = performance.now()
    await work()
    options.parted?.(name, performance.now() - from)
  }

  try {
    const inQueue = (queue?: Queue): Placed[] => cases.filter(({ test }) => test.queue === queue)
    const inLanes = inQueue()
    const beside = [inQueue('waiting'), inQueue('computing'), ...Array.from({ length: lanes }, () => inLanes)]
    await part('lanes', () => Promise.all(beside.map(work)))
    await Promise.all(leaving)
    await part('alone', () => work(inQueue('alone')))
  } finally {
    await part('leaving', cast.stop)
  }
  progress?.(results.size, cases.length, failed, '')
  return cases.flatMap(({ test }) => results.get(test.id) ?? [])
}
