import type { Static } from '@sinclair/typebox'
import {
  AttestationSchema,
  type CosignAttestation,
  type CosignRequest,
  CosignRequestSchema,
  checkContent,
  checkCosignRequest,
  contentSha,
} from '#protocol/civdef/alert.ts'
import {
  cosignAnswer,
  cosignDeliver,
  cosignImport,
  cosignList,
  cosignOffer,
  cosignRequest,
} from '#protocol/civdef/desk-capabilities.ts'
import { cosignChanged } from '#protocol/civdef/events.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, signatureOf, type Ulid } from '#protocol/core/ids.ts'
import { OneOf, Strict, UlidSchema } from '#protocol/core/schema.ts'
import { signRecord, verifyRecord } from '#protocol/core/signing.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { createTurn } from '../../../kernel/turn.ts'
import { contentFrom, type DraftDeps, requireBelieved, requireSpeaker } from '../draft.ts'
import { requirePermission } from '../role.ts'
import { createPost } from './cosign-post.ts'
import { fromPaper, paperKind, toPaper } from './paper.ts'

/** Requests kept on one desk, and of one person waiting at once: a member cannot fill another's desk. */
const MAX_KEPT = 128
const MAX_WAITING_FROM_ONE = 8

/** An answer on its way. Nobody signs a refusal: it tells a person not to wait and nothing else. */
const AnswerSchema = Strict({ request_id: UlidSchema, attestation: Type.Union([AttestationSchema, Type.Null()]) })

export const KeptRequestSchema = Strict({
  request: CosignRequestSchema,
  direction: OneOf(['in', 'out']),
  state: OneOf(['waiting', 'signed', 'declined']),
  attestation: Type.Union([AttestationSchema, Type.Null()]),
  /** Has not reached the other side yet: the request where it is `out`, the answer where it is `in`. */
  undelivered: Type.Boolean(),
})
export type KeptRequest = Static<typeof KeptRequestSchema>

type Deps = DraftDeps & Pick<ModuleDeps, 'bus' | 'shelf' | 'notify'>

/**
 * The co-signature of CIV-4, from desk to desk: over the bus where the other one is near, later where it comes back, or as a QR
 * code from tablet to tablet without any network.
 */
export async function serveCosign(deps: Deps): Promise<(() => void)[]> {
  const { bus, runtime, signer, shelf, notify, knowledge, regions } = deps
  const drawer = await shelf.open('civdef.cosign', Type.Array(KeptRequestSchema), [])
  const me = signer.nodeId
  const kept = (): readonly KeptRequest[] => drawer.get()
  const find = (id: Ulid, direction: KeptRequest['direction']): KeptRequest | undefined =>
    kept().find((one) => one.request.request_id === id && one.direction === direction)
  const isOver = ({ request }: KeptRequest): boolean => runtime.now() >= Date.parse(request.content.expires_at)

  const inTurn = createTurn()

  /** @param change by what is kept now; null leaves it */
  function keep(change: () => KeptRequest | null): Promise<void> {
    return inTurn(async () => {
      const next = change()
      if (!next) return
      const { request_id } = next.request
      const others = kept().filter(
        ({ request, direction }) => request.request_id !== request_id || direction !== next.direction,
      )
      // what nobody waits for any more goes first
      const rest = [...others.filter((one) => !isOver(one)), ...others.filter(isOver)]
      await drawer.set([next, ...rest].slice(0, MAX_KEPT))
      notify(cosignChanged)
    })
  }

  const post = createPost({
    runtime,
    waiting: () => kept().filter((one) => one.undelivered && !isOver(one)),
    async send({ request, direction, attestation }) {
      if (direction === 'out') await bus.call(cosignOffer, { request }, { to: request.to })
      else await bus.call(cosignDeliver, { request_id: request.request_id, attestation }, { to: request.content.publisher })
    },
    async delivered({ request, direction }) {
      await keep(() => {
        const current = find(request.request_id, direction)
        return current ? { ...current, undelivered: false } : null
      })
    },
  })

  /** @throws HearthError `bad_request` where it is for somebody else, and what is wrong with its bytes */
  async function takeRequest(request: CosignRequest): Promise<void> {
    await checkCosignRequest(request)
    if (request.to !== me) throw new HearthError('bad_request', 'it asks somebody else', { data: { field: '/request/to' } })
    await keep(() => {
      if (find(request.request_id, 'in')) return null
      if (waitingFrom(request.content.publisher) >= MAX_WAITING_FROM_ONE) {
        throw new HearthError('capacity_exceeded', 'as many of their requests as fit are waiting here')
      }
      return { request, direction: 'in', state: 'waiting', attestation: null, undelivered: false }
    })
  }

  const waitingFrom = (publisher: NodeId): number =>
    kept().filter(
      (one) => one.direction === 'in' && one.state === 'waiting' && !isOver(one) && one.request.content.publisher === publisher,
    ).length

  /** @param from who hands it over; null where a person holds up a code */
  async function takeAnswer(id: Ulid, attestation: CosignAttestation | null, from: NodeId | null): Promise<void> {
    const asked = find(id, 'out')
    if (!asked || (from !== null && from !== asked.request.to)) {
      throw new HearthError('not_found', 'this device did not ask for that')
    }
    // a signature stands, whatever comes after it
    if (asked.state === 'signed') return
    if (attestation !== null) {
      const { cosigner, content_sha } = attestation
      const fits = cosigner === asked.request.to && content_sha === contentSha(asked.request.content)
      if (!fits || !(await verifyRecord(cosigner, attestation))) {
        throw new HearthError('invalid_signature', 'the co-signature is not for this request', {
          data: { field: '/attestation' },
        })
      }
    }
    await keep(() => {
      // another way may have been faster
      const current = find(id, 'out') ?? asked
      if (current.state === 'signed') return null
      return { ...current, state: attestation ? 'signed' : 'declined', attestation, undelivered: false }
    })
  }

  /** Signs what every receiver will take for good, and nothing else. @throws HearthError each of the codes of CIV-1 */
  async function attest({ content }: CosignRequest, cert: CosignAttestation['cosigner_cert']): Promise<CosignAttestation> {
    const now = runtime.now()
    const span = { from: now, until: Date.parse(content.expires_at) }
    requirePermission(cert, me, 'alert.cosign', span, { certificates: knowledge.certificates(), regions })
    const attestation = await signRecord(signer, {
      content_sha: contentSha(content),
      cosigner: me,
      cosigner_cert: cert,
      cosigned_at: secondsTime(now),
    })
    // as it will go out, but for the publisher's own signature
    const signature = signatureOf(new Uint8Array(64))
    const later = { ...content, published_at: secondsTime(now), issuer_attestation: attestation, signature }
    // asked as the strictest of settings asks, so that it counts on every device
    requireBelieved(later, deps, 'warning')
    return attestation
  }

  /** The code for the other tablet, for as long as somebody waits for it. */
  async function textOf(one: KeptRequest): Promise<string | null> {
    const { request, direction, state, attestation } = one
    if (isOver(one) || (direction === 'out') !== (state === 'waiting')) return null
    return direction === 'out'
      ? toPaper('cosign_request', request)
      : toPaper('cosign_answer', { request_id: request.request_id, attestation })
  }

  const withdraw = [
    bus.handle(cosignRequest, async ({ draft, to, reason }) => {
      const content = contentFrom(draft, draft.alert_id ?? runtime.ulid(), requireSpeaker(draft, deps))
      checkContent(content)
      if (to === me) throw new HearthError('bad_request', 'nobody co-signs for themself', { data: { field: '/to' } })
      const request = await signRecord(signer, {
        request_id: runtime.ulid(),
        content,
        to,
        requested_at: secondsTime(runtime.now()),
        ...(reason === undefined ? {} : { reason }),
      })
      const asked: KeptRequest = { request, direction: 'out', state: 'waiting', attestation: null, undelivered: true }
      await keep(() => asked)
      return {
        request_id: request.request_id,
        delivered: await post.hand(asked),
        text: await toPaper('cosign_request', request),
      }
    }),

    bus.handle(cosignOffer, async ({ request }, { caller }) => {
      if (caller.nodeId !== request.content.publisher) {
        throw new HearthError('unauthorized', 'whoever publishes asks for it themself')
      }
      await takeRequest(request)
      return {}
    }),

    bus.handle(cosignDeliver, async ({ request_id, attestation }, { caller }) => {
      if (caller.nodeId === null) throw new HearthError('unauthorized', 'an answer is somebody’s')
      await takeAnswer(request_id, attestation, caller.nodeId)
      return {}
    }),

    bus.handle(cosignList, async () => {
      const all = [...kept()].sort((a, b) => (a.request.requested_at < b.request.requested_at ? 1 : -1))
      const requests = await Promise.all(
        all.map(async (one) => {
          const { undelivered: _undelivered, ...shown } = one
          return { ...shown, text: await textOf(one) }
        }),
      )
      return { requests }
    }),

    bus.handle(cosignAnswer, async ({ request_id, cert_id, sign }) => {
      const asked = find(request_id, 'in')
      if (!asked) throw new HearthError('not_found', 'no request of that id is on this desk')
      // what was signed stays signed: it is only sent once more
      const attestation = asked.attestation ?? (sign ? await attest(asked.request, cert_id) : null)
      const answered: KeptRequest = { ...asked, state: attestation ? 'signed' : 'declined', attestation, undelivered: true }
      await keep(() => answered)
      const text = await toPaper('cosign_answer', { request_id, attestation })
      return { delivered: await post.hand(answered), text }
    }),

    bus.handle(cosignImport, async ({ text }) => {
      if (paperKind(text) === 'cosign_answer') {
        const { request_id, attestation } = await fromPaper('cosign_answer', text, AnswerSchema)
        await takeAnswer(request_id, attestation, null)
        return { request_id, kind: 'answer' as const }
      }
      const request = await fromPaper('cosign_request', text, CosignRequestSchema)
      await takeRequest(request)
      return { request_id: request.request_id, kind: 'request' as const }
    }),
  ]
  return [post.stop, ...withdraw]
}
