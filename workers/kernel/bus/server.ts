import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseUlid, type Ulid } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { Runtime } from '../runtime.ts'
import type { Admission, Admitted } from './admission.ts'
import type { Bus, MessageLink } from './bus.ts'
import type { RateLimiter } from './rate.ts'
import type { Registry } from './registry.ts'
import { openScope, untilAborted } from './scope.ts'
import { serve } from './serve.ts'
import type { Traces } from './traces.ts'

/** How long a peer may hold a link open without asking anything. */
const REQUEST_WAIT_SECONDS = 10
/** Stands where a request was too broken to have an id. */
const NO_REQUEST = parseUlid('0'.repeat(26))
/** Traced where the name asked for is none of ours: a peer must not write what it likes into the list. */
const UNKNOWN_NAME = '?'

interface ServerDeps {
  readonly runtime: Runtime
  readonly admission: Admission
  readonly registry: Registry
  readonly rates: RateLimiter
  readonly traces: Traces
}

function fieldOf(message: unknown, field: string): unknown {
  return typeof message === 'object' && message !== null ? Reflect.get(message, field) : undefined
}

function requestIdOf(message: unknown): Ulid {
  try {
    return parseUlid(fieldOf(message, 'request_id'))
  } catch {
    return NO_REQUEST
  }
}

async function refuse(link: MessageLink, message: unknown, error: HearthError): Promise<void> {
  try {
    await link.send({ request_id: requestIdOf(message), error: { ...error.toWire() } })
  } catch {
    // the caller is gone: nobody is left to tell
  }
}

/** Answers one call per link (BUS-3, BUS-4). */
export function createServer({ runtime, admission, registry, rates, traces }: ServerDeps): Bus['answer'] {
  async function readRequest(incoming: AsyncIterator<JsonValue>): Promise<JsonValue> {
    const scope = openScope(runtime, REQUEST_WAIT_SECONDS)
    try {
      const first = await untilAborted(incoming.next(), scope.signal)
      if (first.done) throw new HearthError('partition', 'closed before anything was asked')
      return first.value
    } finally {
      scope.end()
    }
  }

  function knownName(message: unknown): string {
    const name = fieldOf(message, 'capability')
    return typeof name === 'string' && registry.find(name) ? name : UNKNOWN_NAME
  }

  /** @returns null when the peer is over a hard limit: then nobody answers (BUS-6) */
  async function admit(message: JsonValue, peer: NodeId | null): Promise<Admitted | null> {
    return peer === null ? admission.screen(message) : admission.peer(message, peer)
  }

  return async function answer(link, peer) {
    if (peer !== null && !rates.linkArrived(peer)) return link.abort()
    const incoming = link.messages[Symbol.asyncIterator]()
    let message: JsonValue = null
    let end: ((failure: unknown) => void) | null = null
    let failure: HearthError | null = null
    try {
      message = await readRequest(incoming)
      end = traces.begin({ capability: knownName(message), provider: null, caller: peer })
      const admitted = await admit(message, peer)
      if (!admitted) return link.abort()
      failure = await serve(runtime, { link, incoming, admitted })
    } catch (thrown) {
      if (!(thrown instanceof HearthError)) reportError(thrown)
      failure = toHearthError(thrown)
      await refuse(link, message, failure)
    }
    end?.(failure)
    await link.close().catch(() => link.abort())
  }
}
