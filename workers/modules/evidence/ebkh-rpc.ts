import type { Static, TSchema } from '@sinclair/typebox'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import { toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { type JsonValue, parseJson } from '#protocol/core/json.ts'
import { matches, parseAs } from '#protocol/core/schema.ts'
import type { Signer } from '#protocol/core/signing.ts'
import {
  EBKH_MAX_ANSWER_BYTES,
  EBKH_TIMEOUT_SECONDS,
  EBKH_TRIES,
  HubAnswerSchema,
  type HubMethod,
  type HubProof,
} from '#protocol/evidence/ebkh.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'

export interface HubRpcDeps {
  readonly runtime: Runtime
  readonly signer: Signer
  readonly fetch: typeof fetch
}

export interface HubAddress {
  readonly endpoint: string
  readonly token: string
}

/** One call to the hub. @throws HearthError `ebkh_unavailable`; never anything else for what a hub does */
export type HubRpc = <P extends TSchema, R extends TSchema>(method: HubMethod<P, R>, params: Static<P>) => Promise<Static<R>>

const FIRST_WAIT_MS = 500

const unavailable = (message: string, cause?: unknown): HearthError => new HearthError('ebkh_unavailable', message, { cause })

/** A refusal that trying again does not change. */
class Refused extends HearthError {
  constructor(message: string) {
    super('ebkh_unavailable', message)
  }
}

/** Reads a body no longer than a hub may send, however long it says it is. */
async function readBody(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  if (!reader) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let length = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length
    if (length > EBKH_MAX_ANSWER_BYTES) {
      await reader.cancel()
      throw new Refused('the hub sent more than fits')
    }
    chunks.push(step.value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** JSON-RPC 2.0 over HTTPS with a bearer token that only this node can use: each call proves its key (EBKH bridge). */
export function createHubRpc({ runtime, signer, fetch: send }: HubRpcDeps, { endpoint, token }: HubAddress): HubRpc {
  async function headers(body: string): Promise<Record<string, string>> {
    const proof: HubProof = {
      node_id: signer.nodeId,
      issued_at: wireTime(runtime.now()),
      body_sha256: toBase64Url(sha256(utf8(body))),
    }
    const signature = await signer.sign(canonicalBytes(proof))
    return {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
      'HearthNet-Proof': `${toBase64Url(canonicalBytes(proof))}.${toBase64Url(signature)}`,
    }
  }

  async function once(method: string, params: JsonValue): Promise<JsonValue> {
    const id = runtime.ulid()
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    const abort = new AbortController()
    const cancel = runtime.after(EBKH_TIMEOUT_SECONDS * 1000, () => abort.abort())
    try {
      const response = await send(endpoint, {
        method: 'POST',
        headers: await headers(body),
        body,
        signal: abort.signal,
        // nothing of the app's own goes along, and an answer from elsewhere is none
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      if (response.status >= 500 || response.status === 429) throw unavailable(`the hub answered ${response.status}`)
      if (!response.ok) throw new Refused(`the hub answered ${response.status}`)
      const answer: unknown = parseJson(await readBody(response))
      if (!matches(HubAnswerSchema, answer) || answer.id !== id) throw unavailable('the hub answered something else')
      if ('error' in answer) throw new Refused(`the hub refused: ${answer.error.message}`)
      return answer.result
    } catch (error) {
      if (error instanceof HearthError && error.code === 'ebkh_unavailable') throw error
      throw unavailable(abort.signal.aborted ? 'the hub was too slow' : 'the hub did not answer', error)
    } finally {
      cancel()
    }
  }

  return async (method, params) => {
    for (let attempt = 1; ; attempt++) {
      try {
        // the static type of a schema, and schemas describe JSON
        const result = await once(method.name, params as JsonValue)
        return parseAs(method.result, result, 'ebkh_unavailable')
      } catch (error) {
        if (error instanceof Refused || attempt >= EBKH_TRIES) throw error
        await delay(runtime, FIRST_WAIT_MS * 2 ** (attempt - 1))
      }
    }
  }
}
