import { proxy, type Remote, releaseProxy, wrap } from 'comlink'
import { type ChatEnding, type ChatRequest, type ComputePort, receiveHearthErrors } from './port.ts'

/** The compute worker as the node sees it. */
export interface ComputeClient {
  readonly models: ComputePort['models']
  readonly shards: ComputePort['shards']
  /** Yields text as it comes. Stops computing when the signal says so or nobody listens any more (DLM-10). */
  chat(id: string, request: ChatRequest, signal: AbortSignal): AsyncGenerator<string, ChatEnding>
  close(): void
}

/** Starts the compute worker with the first thing that is asked of it, so that a node that never computes never loads it. */
export function createComputeClient(): ComputeClient {
  receiveHearthErrors()
  let worker: Worker | null = null
  let remote: Remote<ComputePort> | null = null

  function port(): Remote<ComputePort> {
    if (remote) return remote
    worker = new Worker(new URL('../compute.worker.ts', import.meta.url), { type: 'module', name: 'compute' })
    remote = wrap<ComputePort>(worker)
    return remote
  }

  return {
    models: () => port().models(),
    shards: async () => (remote ? remote.shards() : { backend: null, shards: [] }),
    chat: (id, request, signal) => streamed(port(), id, request, signal),
    close() {
      remote?.[releaseProxy]()
      worker?.terminate()
      remote = null
      worker = null
    },
  }
}

async function* streamed(
  port: Pick<Remote<ComputePort>, 'chat' | 'cancel'>,
  id: string,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string, ChatEnding> {
  let said = ''
  let over = false
  let wake = (): void => undefined
  const hear = (text: string): void => {
    said += text
    wake()
  }
  const answering = port.chat(id, request, proxy(hear)).finally(() => {
    over = true
    wake()
  })
  // awaited below; until then nobody may call it unhandled
  answering.catch(() => undefined)
  const cancel = (): void => void port.cancel(id)
  signal.addEventListener('abort', cancel)
  try {
    // what piles up while a reader is slow goes out as one piece
    while (!over || said !== '') {
      const text = said
      said = ''
      if (text !== '') yield text
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    return await answering
  } finally {
    signal.removeEventListener('abort', cancel)
    if (!over) cancel()
  }
}
