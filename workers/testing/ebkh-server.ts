import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import { fromBase64Url, toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { type NodeId, wireTime } from '#protocol/core/ids.ts'
import { type JsonObject, type JsonValue, parseJson } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Signer, signRecord, verifyBytes } from '#protocol/core/signing.ts'
import { checkGrant, issueToken, openToken } from '#protocol/core/token.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { EBKH_SCOPE, HubProofSchema, pullEntity, pushClaim, querySpatial, sync } from '#protocol/evidence/ebkh.ts'
import { type Claim, checkClaim } from '#protocol/evidence/events.ts'
import type { Runtime } from '../kernel/runtime.ts'

/** What can go wrong with the next calls, one each, in this order. */
export type HubFault = 'none' | '500' | 'slow' | 'half' | 'vanish' | 'wrong-signature' | 'wrong-id' | 'duplicates' | 'nonsense'

interface HubClaim {
  readonly claim_id: string
  readonly claim: Claim
}

export interface HubServer {
  readonly endpoint: string
  readonly hub: NodeId
  tokenFor(nodeId: NodeId, scope?: readonly string[]): Promise<string>
  /** Adds a claim of the hub's own. */
  know(subject: string, predicate: string, object: string): Promise<HubClaim>
  fail(...faults: readonly HubFault[]): void
  readonly pushed: readonly string[]
  /** Methods called, refused ones included. */
  readonly calls: readonly string[]
  stop(): Promise<void>
}

/** EBKH-2: a browser asks for leave before it sends these across origins. */
const CROSS_ORIGIN = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'authorization, content-type, hearthnet-proof',
}
const PAGE = 3
const PROOF_MAX_AGE_MS = 120_000

/** `geo:<lat>,<lon>` (RFC 5870). */
function placeOf(object: string): { readonly lat: number; readonly lon: number } | null {
  const [, lat, lon] = /^geo:(-?[\d.]+),(-?[\d.]+)/.exec(object) ?? []
  return lat === undefined || lon === undefined ? null : { lat: Number(lat), lon: Number(lon) }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * A small knowledge hub that speaks the documented JSON-RPC over real HTTP (protocol/experimental/30-evidence.md), with
 * the faults that hubs and networks have. For tests.
 */
export async function startHubServer(runtime: Runtime, signer: Signer): Promise<HubServer> {
  const known: HubClaim[] = []
  const pushed: string[] = []
  const calls: string[] = []
  const faults: HubFault[] = []

  /** @throws HearthError when the caller is not who the token names, or replays another body */
  async function authenticate(request: IncomingMessage, body: string, method: string): Promise<void> {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const grant = await openToken(bearer)
    const [head = '', signature = ''] = String(request.headers['hearthnet-proof'] ?? '').split('.')
    const proof = parseAs(HubProofSchema, parseJson(fromBase64Url(head)), 'bad_request')
    checkGrant(grant, {
      capability: `ebkh.${method}`,
      subject: proof.node_id,
      audience: signer.nodeId,
      nowMs: runtime.now(),
    })
    if (grant.iss !== signer.nodeId) throw new HearthError('unauthorized', 'a token of somebody else')
    if (proof.body_sha256 !== toBase64Url(sha256(utf8(body)))) throw new HearthError('unauthorized', 'another body')
    if (Math.abs(runtime.now() - Date.parse(proof.issued_at)) > PROOF_MAX_AGE_MS) throw new HearthError('expired', 'old proof')
    if (!(await verifyBytes(proof.node_id, canonicalBytes(proof), fromBase64Url(signature)))) {
      throw new HearthError('invalid_signature', 'proof does not verify')
    }
  }

  /** One page of what matches; the cursor is where it ends. */
  function page(matching: readonly HubClaim[], cursor: string | null): JsonObject {
    const start = Number(cursor ?? '0')
    const claims = matching.slice(start, start + PAGE)
    const end = start + claims.length
    return { claims: JSON.parse(JSON.stringify(claims)), cursor: end < matching.length ? `${end}` : null }
  }

  const methods: Record<string, (params: JsonValue) => Promise<JsonValue>> = {
    async [pushClaim.name](params) {
      const { claim_id, claim } = parseAs(pushClaim.params, params)
      await checkClaim(claim_id, claim)
      const isNew = !pushed.includes(claim_id)
      if (isNew) pushed.push(claim_id)
      return { status: isNew ? 'stored' : 'known' }
    },
    async [pullEntity.name](params) {
      const { subject, cursor } = parseAs(pullEntity.params, params)
      return page(
        known.filter(({ claim }) => claim.subject === subject),
        cursor,
      )
    },
    async [querySpatial.name](params) {
      const { bbox, predicate, cursor } = parseAs(querySpatial.params, params)
      const [west = 0, south = 0, east = 0, north = 0] = bbox
      const inside = ({ claim }: HubClaim): boolean => {
        const place = placeOf(claim.object)
        if (!place || claim.predicate !== predicate) return false
        return place.lon >= west && place.lon <= east && place.lat >= south && place.lat <= north
      }
      return page(known.filter(inside), cursor)
    },
    async [sync.name](params) {
      const { direction, cursor, have } = parseAs(sync.params, params)
      const start = Number(cursor ?? '0')
      const claims = direction === 'push' ? [] : known.slice(start, start + PAGE)
      const end = start + claims.length
      return {
        claims: JSON.parse(JSON.stringify(claims)),
        cursor: `${end}`,
        more: direction !== 'push' && end < known.length,
        want: direction === 'pull' ? [] : have.filter((id) => !pushed.includes(id)),
      }
    },
  }

  function spoil(fault: HubFault, result: JsonValue): JsonValue {
    if (typeof result !== 'object' || result === null || !('claims' in result)) return result
    const claims = result.claims as unknown as readonly HubClaim[]
    const spoilt = (change: (item: HubClaim) => unknown) =>
      JSON.parse(JSON.stringify({ ...result, claims: claims.map(change) }))
    if (fault === 'wrong-signature') return spoilt((item) => ({ ...item, claim: { ...item.claim, confidence: 0.1234 } }))
    if (fault === 'wrong-id') return spoilt((item) => ({ ...item, claim_id: 'A'.repeat(52) }))
    if (fault === 'duplicates') return JSON.parse(JSON.stringify({ ...result, claims: [...claims, ...claims] }))
    if (fault === 'nonsense') return JSON.parse(JSON.stringify({ ...result, claims: [...claims, 7, null, { claim: 'x' }] }))
    return result
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(CROSS_ORIGIN)) response.setHeader(name, value)
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    const body = await readAll(request)
    const call = parseJson(body) as JsonObject
    const name = String(call.method)
    calls.push(name)
    const fault = faults.shift() ?? 'none'
    if (fault === 'slow') return // the caller gives up; the socket is closed with the server
    if (fault === 'vanish') {
      request.socket.destroy()
      return
    }
    if (fault === '500') {
      response.writeHead(500).end()
      return
    }
    const reply = async (): Promise<JsonObject> => {
      try {
        await authenticate(request, body, name)
        const method = methods[name]
        if (!method) return { error: { code: -32601, message: 'no such method' } }
        return { result: spoil(fault, await method(call.params ?? null)) }
      } catch (error) {
        return { error: { code: -32000, message: toHearthError(error).code } }
      }
    }
    const text = JSON.stringify({ jsonrpc: '2.0', id: call.id, ...(await reply()) })
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': utf8(text).length })
    if (fault === 'half') {
      response.write(text.slice(0, text.length / 2), () => request.socket.destroy())
      return
    }
    response.end(text)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  return {
    endpoint: `http://127.0.0.1:${port}/rpc`,
    hub: signer.nodeId,
    pushed,
    calls,
    tokenFor(nodeId, capabilities = [EBKH_SCOPE]) {
      const now = Math.floor(runtime.now() / 1000)
      return issueToken(signer, {
        iss: signer.nodeId,
        sub: nodeId,
        aud: signer.nodeId,
        iat: now,
        nbf: now - 60,
        exp: now + 86_400,
        jti: runtime.ulid(),
        scope: { capabilities: [...capabilities] },
        issued_via: 'ebkh',
      })
    },
    async know(subject, predicate, object) {
      const claim = await signRecord(signer, {
        subject,
        predicate,
        object,
        asserted_by: signer.nodeId,
        asserted_at: wireTime(runtime.now()),
        sources: [{ source_id: `ebkh:${encodeURIComponent(subject)}`, accessed_at: wireTime(runtime.now()) }],
        confidence: 0.8,
        derived_from: [],
      })
      const item = { claim_id: claimIdOf(claim), claim }
      known.push(item)
      return item
    },
    fail: (...next) => faults.push(...next),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
