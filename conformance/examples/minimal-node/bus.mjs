// protocol/core/bus.md, with the HTTP binding of BUS-9
import { parse, Refusal, timeAt } from './encoding.mjs'
import { requireSignature } from './identity.mjs'
import { createLimits } from './limits.mjs'
import { CONTRACTS, MESSAGES, requireMatch } from './schema.mjs'
import * as tokens from './tokens.mjs'

const LEVELS = ['unknown', 'member', 'trusted', 'anchor', 'self']
const CLOCK_MS = 120_000
const NO_REQUEST = '0'.repeat(26)
const VERSION = '3.0.0-experimental'
const MANIFEST_MS = 900_000

const reaches = (level, wanted) => LEVELS.indexOf(level) >= LEVELS.indexOf(wanted)
const isPublic = (name) => name.startsWith('protocol.') || name === 'community.join'

/** BUS-1. */
function serves(offered, wanted) {
  const [x, y] = offered.split('.').map(Number)
  const [a, b] = wanted.split('.').map(Number)
  return x === a && y >= b
}

const moduleOf = (name) => name.split('.')[name.startsWith('experimental.') ? 1 : 0]

export function createBus(identity, community) {
  const limits = createLimits()

  const handlers = {
    'protocol.version.list': () => ({ versions: [VERSION], suite_versions_passed: [] }),
    'protocol.self.describe': () => identity.signed(descriptor()),
    'community.join': (input, caller) => community.join(input, caller),
    'node.echo': ({ payload }) => ({ payload }),
    'node.manifest.exchange'({ manifest }, caller) {
      if (manifest.node_id !== caller) throw new Refusal('unauthorized', 'a manifest is its own node’s')
      requireSignature(manifest.node_id, manifest)
      if (Date.parse(manifest.expires_at) <= Date.parse(manifest.issued_at))
        throw new Refusal('bad_request', 'expired at birth')
      return { manifest: identity.signed(ownManifest()) }
    },
  }

  /** PRO-5: every name, also what is not built. */
  function descriptor() {
    const capabilities = [...CONTRACTS.values()].map(({ name, version, stability, schema_hash }) =>
      handlers[name]
        ? { name, module: moduleOf(name), state: stability, version, schema_hash }
        : { name, module: moduleOf(name), state: 'not_built', version: null, schema_hash: null },
    )
    return {
      ...{ node_id: identity.nodeId, name: 'Minimal node', vendor: 'HearthNet examples', version: '1.0.0' },
      ...{ protocol_versions: [VERSION], homepage: '', contact: '', capabilities, issued_at: timeAt(Date.now()) },
    }
  }

  /** MAN-1. */
  function ownManifest() {
    const now = Date.now()
    const capabilities = Object.keys(handlers).map((name) => {
      const { version, stability, schema_hash } = CONTRACTS.get(name)
      return { name, version, stability, schema_hash }
    })
    return {
      ...{ node_id: identity.nodeId, display_name: 'Minimal', community_id: community.id, profile: 'hearth' },
      ...{ protocol_version: VERSION, capabilities, load: 0, issued_at: timeAt(now), expires_at: timeAt(now + MANIFEST_MS) },
    }
  }

  function openToken({ token, capability, from, body }) {
    const payload = tokens.open(token)
    const audiences = [community.id, identity.nodeId]
    tokens.requireGrant(payload, { capability, caller: from, audiences, nowMs: Date.now() })
    const issuer = community.levelOf(payload.iss)
    if (issuer === 'unknown') throw new Refusal('revoked', 'the issuer is no member')
    if (payload.iss !== identity.nodeId && !reaches(issuer, CONTRACTS.get(capability).trust_required)) {
      throw new Refusal('unauthorized', 'the issuer may not grant this')
    }
    tokens.requireConstraints(payload, body.input)
    return payload
  }

  /** Check 7 of BUS-3. @returns the token's payload, if one was shown for a name there is */
  function requireStanding(request, level) {
    const { capability, token } = request
    if (token !== undefined && CONTRACTS.has(capability)) return openToken(request)
    const inside = reaches(level, 'member') && request.community === community.id
    if (!isPublic(capability) && !inside) throw new Refusal('unauthorized', 'not a member')
    return null
  }

  /** Checks 8 and 9. */
  function requireServed({ capability, version }, level, token) {
    const contract = CONTRACTS.get(capability)
    if (contract?.trust_required === 'self') throw new Refusal('unauthorized', 'for the person at the device')
    if (capability.startsWith('experimental.')) throw new Refusal('experimental_disabled', 'no module is switched on here')
    if (!handlers[capability] || !serves(contract.version, version)) throw new Refusal('not_implemented', 'not served here')
    if (!reaches(level, contract.trust_required) && token === null) throw new Refusal('unauthorized', 'too low')
    return contract
  }

  /** The checks of BUS-3 in their order. @returns null where nobody is to answer (BUS-6) */
  function run(request) {
    requireMatch(MESSAGES.get('Request'), request, 'bad_request')
    const { capability, from, request_id, body, timestamp } = request
    // there is no connection that proves who calls (BUS-9)
    if (request.signature === undefined) throw new Refusal('invalid_signature', 'a call over HTTP is signed')
    requireSignature(from, request)
    if (Math.abs(Date.parse(timestamp) - Date.now()) > CLOCK_MS) throw new Refusal('expired', 'clocks differ')
    if (!limits.arrived(from, handlers[capability] ? capability : '?')) return null
    limits.requireFirst(from, request_id)
    const level = community.levelOf(from)
    const token = requireStanding(request, level)
    const contract = requireServed(request, level, token)
    limits.admit(from, capability)
    if (token) limits.spend(token)
    requireMatch(contract.request_schema.properties.input, body.input, 'schema_mismatch')
    return handlers[capability](body.input, from)
  }

  const idOf = (request) => {
    const given = request?.request_id
    return typeof given === 'string' && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(given) ? given : NO_REQUEST
  }

  /** One call. @returns the answer, or null where there is none */
  return function answer(bytes) {
    const started = performance.now()
    let request = null
    try {
      request = parse(bytes)
      const output = run(request)
      return output && { request_id: idOf(request), output, meta: { ms: performance.now() - started } }
    } catch (failure) {
      if (failure instanceof Refusal) {
        return { request_id: idOf(request), error: { code: failure.code, message: failure.message, ...failure.more } }
      }
      console.error(failure)
      return { request_id: idOf(request), error: { code: 'internal_error', message: 'unexpected failure' } }
    }
  }
}
