import { canonical } from '#protocol/core/canonical.ts'
import { type Capability, reaches } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { checkGrant, openToken, type TokenPayload } from '#protocol/core/token.ts'
import type { Runtime } from '../runtime.ts'
import { createBoundedMap } from './bounded-map.ts'
import type { BusDeps } from './bus.ts'

const MINUTE_MS = 60_000
/** Opened tokens kept, so that a signature is checked once and not with every call. */
const MAX_OPENED = 256
/** Tokens whose uses are counted at a time. */
const MAX_COUNTED = 10_000

interface Uses {
  total: number
  minute: number
  minuteStart: number
  readonly expiresAtMs: number
}

/** A call that a token is shown for. */
interface Use {
  readonly capability: Capability
  readonly subject: NodeId
  readonly input: unknown
}

export interface Grants {
  /**
   * Reads a token and holds it to this use (section 7).
   * @throws HearthError `bad_request`, `invalid_signature`, `expired`, `revoked`, `unauthorized`
   */
  open(token: string, use: Use): Promise<TokenPayload>
  /**
   * Reads a pass: a token by the anchor of another community, whose own log answers for it (FDR-4).
   * @throws as `open`
   */
  openPass(token: string, anchor: NodeId, use: Omit<Use, 'capability'> & { readonly capability: string }): Promise<TokenPayload>
  /** Counts one use. @throws HearthError `rate_limited`; `expired` when all uses are used up */
  spend(token: TokenPayload): void
}

type GrantDeps = Pick<BusDeps, 'self' | 'community' | 'levelOf' | 'isTokenHonoured'>

/** @throws HearthError `unauthorized` where the input lacks a value that was asked for, or has another */
export function checkConstraints(constraints: Readonly<Record<string, JsonValue>> = {}, input: unknown): void {
  const given: Record<string, unknown> = typeof input === 'object' && input !== null ? { ...input } : {}
  for (const [name, wanted] of Object.entries(constraints)) {
    const value = given[name]
    if (value === undefined || canonical(value) !== canonical(wanted)) {
      throw new HearthError('unauthorized', 'not granted with these parameters', { data: { field: `/${name}` } })
    }
  }
}

/** Tokens at the server (section 7). Uses are counted in memory: a restart forgives, the token's expiry bounds it. */
export function createGrants(runtime: Runtime, deps: GrantDeps): Grants {
  const opened = createBoundedMap<string, TokenPayload>(MAX_OPENED)
  const uses = new Map<string, Uses>()

  async function read(text: string): Promise<TokenPayload> {
    const known = opened.get(text)
    if (known) return known
    const token = await openToken(text)
    opened.set(text, token)
    return token
  }

  /** Section 7 leaves open who an audience is: the whole community, or this one node. */
  function audienceOf(token: TokenPayload): NodeId {
    const audience = [deps.community(), deps.self()].find((id) => id === token.aud)
    if (!audience) throw new HearthError('unauthorized', 'token is for someone else')
    return audience
  }

  /** Nobody gives away what is not theirs: else any member could let itself in to what anchors may do. */
  function checkIssuer(token: TokenPayload, capability: Capability): void {
    if (token.iss === deps.self()) return
    const level = deps.levelOf(token.iss)
    if (level === 'revoked' || !reaches(level, capability.trust)) {
      throw new HearthError('unauthorized', 'the issuer may not grant this call')
    }
  }

  function usesOf(token: TokenPayload): Uses {
    const known = uses.get(token.jti)
    if (known) return known
    if (uses.size >= MAX_COUNTED) {
      for (const [jti, { expiresAtMs }] of uses) if (expiresAtMs <= runtime.now()) uses.delete(jti)
      if (uses.size >= MAX_COUNTED) throw new HearthError('capacity_exceeded', 'too many tokens in use')
    }
    const fresh = { total: 0, minute: 0, minuteStart: Number.NEGATIVE_INFINITY, expiresAtMs: token.exp * 1000 }
    uses.set(token.jti, fresh)
    return fresh
  }

  return {
    async open(text, { capability, subject, input }) {
      const token = await read(text)
      checkGrant(token, { capability: capability.name, subject, audience: audienceOf(token), nowMs: runtime.now() })
      if (!deps.isTokenHonoured(token)) throw new HearthError('revoked', 'token is no longer honoured')
      checkIssuer(token, capability)
      checkConstraints(token.scope.params_constraints, input)
      return token
    },
    async openPass(text, anchor, { capability, subject, input }) {
      const token = await read(text)
      checkGrant(token, { capability, subject, audience: audienceOf(token), nowMs: runtime.now() })
      checkConstraints(token.scope.params_constraints, input)
      if (token.iss !== anchor) throw new HearthError('unauthorized', 'not by the anchor of the agreement')
      return token
    },
    spend(token) {
      const { max_calls_total: total, rate_limit_per_minute: perMinute } = token.scope
      if (total === undefined && perMinute === undefined) return
      const used = usesOf(token)
      const now = runtime.monotonic()
      if (now - used.minuteStart >= MINUTE_MS) Object.assign(used, { minute: 0, minuteStart: now })
      if (total !== undefined && used.total >= total) throw new HearthError('expired', 'token is used up')
      if (perMinute !== undefined && used.minute >= perMinute) {
        const retryAfterMs = Math.ceil(used.minuteStart + MINUTE_MS - now)
        throw new HearthError('rate_limited', 'too many calls with this token', { retryAfterMs })
      }
      used.total++
      used.minute++
    },
  }
}
