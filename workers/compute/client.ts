import { type Endpoint, proxy, type Remote, releaseProxy, transfer, wrap } from 'comlink'
import { HearthError } from '#protocol/core/errors.ts'
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
  /** Ends the worker with all it holds; what it was asked and has not answered fails with `partition`. */
  close(): void
}

/** Where a compute worker is reached, and how it is ended. */
export interface ComputeLine {
  readonly endpoint: Endpoint
  end(): void
}

function startWorker(): ComputeLine {
  const worker = new Worker(new URL('../compute.worker.ts', import.meta.url), { type: 'module', name: 'compute' })
  return { endpoint: worker, end: () => worker.terminate() }
}

/** Starts the compute worker with the first thing that is asked of it, so that a node that never computes never loads it. */
export function createComputeClient(start: () => ComputeLine = startWorker): ComputeClient {
  receiveHearthErrors()
  const asked = new Set<(reason: HearthError) => void>()
  let line: ComputeLine | null = null
  let remote: Remote<ComputePort> | null = null
  let budgetBytes: number | null = null

  function port(): Remote<ComputePort> {
    if (remote) return remote
    line = start()
    remote = wrap<ComputePort>(line.endpoint)
    if (budgetBytes !== null) void remote.setBudget(budgetBytes)
    return remote
  }

  /** A worker that was ended answers nothing any more: who waits is told. */
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      asked.add(reject)
      answer.then(resolve, reject).finally(() => asked.delete(reject))
    })

  return {
    models: () => answered(port().models()),
    shards: async () => (remote ? answered(remote.shards()) : { backend: null, shards: [] }),
    describe: (model) => answered(port().describe(model)),
    load: (model, layers, keep) => answered(port().load(model, layers, keep)),
    unload: async (model, layers) => (remote ? answered(remote.unload(model, layers)) : undefined),
    forward: (step) => answered(port().forward(transfer(step, [step.hidden.buffer]))),
    forget: (conversation) => void remote?.forget(conversation),
    async setBudget(bytes) {
      budgetBytes = bytes
      if (remote) await answered(remote.setBudget(bytes))
    },
    drop: async (model) => (remote ? answered(remote.drop(model)) : undefined),
    chat: (id, request, signal, hops) => streamed(port(), answered, id, request, signal, hops),
    close() {
      remote?.[releaseProxy]()
      line?.end()
      remote = null
      line = null
      for (const reject of [...asked]) reject(new HearthError('partition', 'computing has ended'))
    },
  }
}

async function* streamed(
  port: Pick<Remote<ComputePort>, 'chat' | 'cancel'>,
  answered: <T>(answer: Promise<T>) => Promise<T>,
  id: string,
  request: ChatRequest,
  signal: AbortSignal,
  hops: Hops | undefined,
): AsyncGenerator<Piece, ChatEnding> {
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
