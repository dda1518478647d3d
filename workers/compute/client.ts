import { type Endpoint, proxy, type Remote, releaseProxy, transfer, wrap } from 'comlink'
import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../kernel/runtime.ts'
import { createSignal, type Signal } from '../kernel/signal.ts'
import {
  type ChatEnding,
  type ChatRequest,
  type ComputePort,
  type Hops,
  moving,
  type Piece,
  receiveHearthErrors,
  type SequenceOf,
  type Wait,
} from './port.ts'
import { createPulse, type Pulse } from './pulse.ts'
import { startWorkerLine } from './worker-line.ts'

/** The compute worker as the node sees it. */
export interface ComputeClient {
  readonly models: ComputePort['models']
  readonly shards: ComputePort['shards']
  readonly describe: ComputePort['describe']
  readonly load: ComputePort['load']
  readonly unload: ComputePort['unload']
  /** One step of a conversation over loaded layers. The hidden states move: the caller's array is empty afterwards. */
  readonly forward: ComputePort['forward']
  /** Frees a conversation's cache, at once (DLM-10). */
  forget(conversation: SequenceOf): void
  readonly setBudget: ComputePort['setBudget']
  readonly drop: ComputePort['drop']
  /**
   * Yields the answer as it comes; nothing is computed for it any more when the signal says so or nobody listens (DLM-10).
   * @param hops layers between embedding and head that are computed elsewhere; without them this device computes alone
   */
  chat(id: string, request: ChatRequest, signal: AbortSignal, hops?: Hops): AsyncGenerator<Piece, ChatEnding>
  /**
   * The worker is gone by itself with all that was loaded, or answers nothing any more, and why. What it had not answered fails with
   * this, and what is asked next is asked of a fresh one.
   */
  readonly lost: Pick<Signal<HearthError>, 'on'>
  /** Ends the worker with all it holds; what it was asked and has not answered fails with `partition`. */
  close(): void
}

/** Where a compute worker is reached, and how it is ended. */
export interface ComputeLine {
  readonly endpoint: Endpoint
  /** Resolves with the reason once it is no more, however it went. */
  readonly died: Promise<HearthError>
  end(): void
}

const NOTHING: Awaited<ReturnType<ComputePort['shards']>> = { backend: null, shards: [] }

/** Starts the compute worker with the first thing that is asked of it, so that a node that never computes never loads it. */
export function createComputeClient(
  runtime: Pick<Runtime, 'after'>,
  start: () => ComputeLine = startWorkerLine,
): ComputeClient {
  receiveHearthErrors()
  const asked = new Set<(reason: HearthError) => void>()
  const lost = createSignal<HearthError>()
  let line: ComputeLine | null = null
  let remote: Remote<ComputePort> | null = null
  let pulse: Pulse | null = null
  let budgetBytes: number | null = null

  function port(): Remote<ComputePort> {
    if (remote) return remote
    const started = start()
    line = started
    const running = wrap<ComputePort>(started.endpoint)
    remote = running
    if (budgetBytes !== null) void running.setBudget(budgetBytes)
    const gone = (reason: HearthError): void => {
      if (line !== started) return
      forsake(reason)
      lost.emit(reason)
    }
    void started.died.then(gone)
    pulse = createPulse(runtime, {
      isAwaited: () => asked.size > 0,
      ping: () => running.ping(),
      onSilence: () => gone(new HearthError('partition', 'the compute worker answers nothing any more')),
    })
    return running
  }

  function forsake(reason: HearthError): void {
    pulse?.stop()
    line?.end()
    remote = null
    line = null
    for (const reject of [...asked]) reject(reason)
  }

  /** A worker that was ended answers nothing any more: who waits is told. */
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      asked.add(reject)
      pulse?.watch()
      answer.then(resolve, reject).finally(() => asked.delete(reject))
    })

  /** For what no worker is started: where there is none, or none any more, nothing is loaded. */
  async function ifRunning<T>(ask: (running: Remote<ComputePort>) => Promise<T>, otherwise: T): Promise<T> {
    const running = remote
    if (!running) return otherwise
    return answered(ask(running)).catch((error: unknown) => {
      if (remote === running) throw error
      return otherwise
    })
  }

  return {
    models: () => answered(port().models()),
    shards: () => ifRunning((running) => running.shards(), NOTHING),
    describe: (model) => answered(port().describe(model)),
    load: (model, layers, keep) => answered(port().load(model, layers, keep)),
    unload: (model, layers) => ifRunning((running) => running.unload(model, layers), undefined),
    forward: (step) => answered(port().forward(transfer(step, [step.hidden.buffer]))),
    forget: (conversation) => void remote?.forget(conversation),
    async setBudget(bytes) {
      budgetBytes = bytes
      await ifRunning((running) => running.setBudget(bytes), undefined)
    },
    drop: (model) => ifRunning((running) => running.drop(model), undefined),
    chat: (id, request, signal, hops) => streamed(port, answered, id, request, signal, hops),
    lost,
    close() {
      remote?.[releaseProxy]()
      forsake(new HearthError('partition', 'computing has ended'))
    },
  }
}

async function* streamed(
  open: () => Pick<Remote<ComputePort>, 'chat' | 'cancel'>,
  answered: <T>(answer: Promise<T>) => Promise<T>,
  id: string,
  request: ChatRequest,
  signal: AbortSignal,
  hops: Hops | undefined,
): AsyncGenerator<Piece, ChatEnding> {
  // with the first word that is wanted: a worker that was there before may be gone by then
  const port = open()
  let text = ''
  let tokens: number[] = []
  let wait: Wait | null = null
  let over = false
  let wake = (): void => undefined
  const hear = (piece: Piece): void => {
    text += piece.text
    tokens.push(...piece.tokens)
    // what was waited for before there was something to read is no news any more
    wait = piece.wait && tokens.length === 0 ? piece.wait : null
    wake()
  }
  // what a function gives back is only moved where it says so
  const hop =
    hops &&
    proxy(async (stage: number, position: number, hidden: Float32Array<ArrayBuffer>) =>
      moving(await hops.forward(stage, position, hidden)),
    )
  const answering = answered(port.chat(id, request, proxy(hear), hops?.stages, hop)).finally(() => {
    over = true
    wake()
  })
  // awaited below; until then nobody may call it unhandled
  answering.catch(() => undefined)
  const cancel = (): void => void port.cancel(id)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  try {
    // what piles up while a reader is slow goes out as one piece
    while (!over || tokens.length > 0) {
      const piece = { text, tokens }
      text = ''
      tokens = []
      const waits = wait
      wait = null
      if (piece.tokens.length > 0) yield piece
      else if (waits) yield { ...piece, wait: waits }
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    return await answering
  } finally {
    signal.removeEventListener('abort', cancel)
    if (!over) cancel()
  }
}
