import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { TENSOR_CHUNK_BYTES, TENSOR_MAX_SESSIONS } from '#protocol/tensor-transport/constants.ts'
import { checkSessionToken, issueSessionToken } from '#protocol/tensor-transport/session-token.ts'
import { TENSOR_HEADER_BYTES, TENSOR_PROTOCOL, type TensorHello } from '#protocol/tensor-transport/wire.ts'
import type { FramedStream } from '../../kernel/mesh/mesh.ts'
import type { TensorDeps, TensorOffer, TensorSession, TensorTransport } from '../../kernel/tensors.ts'
import { dataHeadBytes } from './frame.ts'
import { refusal } from './refusal.ts'
import { createRoad, type Road } from './road.ts'
import { acceptTensorSession, openTensorSession, type SessionDeps } from './session.ts'

/** How long an offer waits to be taken up. */
const OFFER_MS = 60_000
/** Bytes of one write at most: a frame of the largest kind and its end. */
const MAX_WRITE_BYTES = 2 * TENSOR_HEADER_BYTES + dataHeadBytes(8) + TENSOR_CHUNK_BYTES + 64

interface Waiting {
  readonly offer: TensorOffer
  take(session: TensorSession): void
  fail(reason: HearthError): void
}

/** One for the whole node: the 64 sessions are counted here (TEN-9). */
export function createTensorTransport({ runtime, signer, mesh }: TensorDeps): TensorTransport {
  const roads = new Map<NodeId, Road>()
  const offers = new Map<Ulid, Waiting>()
  const open = new Set<TensorSession>()
  let opening = 0

  function depsFor(peer: NodeId): SessionDeps {
    const road = roads.get(peer) ?? createRoad(runtime.monotonic)
    roads.set(peer, road)
    return { runtime, self: signer.nodeId, road }
  }

  function requirePlace(): void {
    if (open.size + opening >= TENSOR_MAX_SESSIONS) throw refusal('capacity_exceeded', 'too many sessions are open')
  }

  function keep(session: TensorSession): void {
    open.add(session)
    void session.ended.then(() => open.delete(session))
  }

  /** The offer that a HELLO takes up: it is gone then, a token opens one session, once. */
  async function claim(hello: TensorHello, peer: NodeId): Promise<Waiting> {
    // the token first: who has none of ours learns nothing of what is offered
    await checkSessionToken(hello, signer.nodeId, peer, runtime.now())
    const waiting = offers.get(hello.session_id)
    if (!waiting || waiting.offer.peer !== peer) throw refusal('unauthorized', 'nothing of the kind is offered')
    if (waiting.offer.purpose !== hello.purpose) throw refusal('wrong_purpose', 'the session is for something else')
    requirePlace()
    offers.delete(hello.session_id)
    return waiting
  }

  async function serve(stream: FramedStream): Promise<void> {
    const claimed: { by?: Waiting } = {}
    try {
      const session = await acceptTensorSession(depsFor(stream.peer), stream, async (hello, peer) => {
        claimed.by = await claim(hello, peer)
        opening++
        return claimed.by.offer.options ?? {}
      })
      keep(session)
      claimed.by?.take(session)
    } catch (error) {
      claimed.by?.fail(toHearthError(error))
    } finally {
      if (claimed.by) opening--
    }
  }

  const stopServing = mesh.handle({
    protocol: TENSOR_PROTOCOL,
    maxFrameBytes: MAX_WRITE_BYTES,
    framing: 'none',
    handle: (stream) => void serve(stream),
  })

  return {
    async offer(offer) {
      requirePlace()
      if (offers.size >= TENSOR_MAX_SESSIONS) throw refusal('capacity_exceeded', 'too many sessions are offered')
      const session_id = runtime.ulid()
      let withdraw = (): void => {}
      const session = new Promise<TensorSession>((take, reject) => {
        const calledOff = runtime.after(OFFER_MS, () => fail(new HearthError('timeout', 'nobody opened the session')))
        let given = true
        const fail = (reason: HearthError): void => {
          given = false
          calledOff()
          offers.delete(session_id)
          reject(reason)
        }
        withdraw = () => fail(new HearthError('partition', 'the offer was withdrawn'))
        offers.set(session_id, {
          offer,
          take(opened) {
            calledOff()
            // taken back while the other side's HELLO was answered: nobody would read it
            if (given) take(opened)
            else opened.cancel('withdrawn')
          },
          fail,
        })
      })
      session.catch(() => {}) // who offers may only look when it is taken up
      const { purpose, peer } = offer
      const grant = { session_id, purpose, peer, nowMs: runtime.now(), jti: runtime.ulid() }
      return { session_id, session_token: await issueSessionToken(signer, grant), session, withdraw }
    },
    async connect(peer, grant, options) {
      requirePlace()
      opening++
      try {
        const way = { maxFrameBytes: MAX_WRITE_BYTES, framing: 'none', direct: true } as const
        const stream = await mesh.open(peer, TENSOR_PROTOCOL, way)
        const session = await openTensorSession(depsFor(peer), stream, grant, options)
        keep(session)
        return session
      } finally {
        opening--
      }
    },
    sessions: () => [...open],
    stop() {
      stopServing()
      for (const { fail } of [...offers.values()]) fail(new HearthError('partition', 'the node stops'))
      for (const session of [...open]) session.cancel('stopped')
    },
  }
}
