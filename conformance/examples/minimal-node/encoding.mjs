// protocol/core/encoding.md
import { blake3 } from '@noble/hashes/blake3.js'

/** A refusal with a code of the protocol. */
export class Refusal extends Error {
  constructor(code, message, more = {}) {
    super(message)
    this.code = code
    this.more = more
  }
}

const MAX_DEPTH = 32
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const bad = (message, field = '/') => new Refusal('bad_request', message, { data: { field } })

/** Brackets outside strings, counted before anything recurses (ENC-1). @returns the number of members: of colons outside strings */
function checkDepth(text) {
  let depth = 0
  let members = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const one = text[at]
    if (inString) {
      if (one === '\\') at++
      else if (one === '"') inString = false
    } else if (one === '"') inString = true
    else if (one === '[' || one === '{') {
      depth++
      if (depth > MAX_DEPTH) throw bad('nested too deep')
    } else if (one === ']' || one === '}') depth--
    else if (one === ':') members++
  }
  return members
}

function countMembers(value) {
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  return items.reduce((sum, item) => sum + countMembers(item), Array.isArray(value) ? 0 : items.length)
}

function checkValue(value) {
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) throw bad('lone surrogate')
  if (typeof value === 'number' && !Number.isFinite(value)) throw bad('not finite')
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw bad('over 53 bits')
  if (typeof value !== 'object' || value === null) return
  for (const [name, item] of Object.entries(value)) {
    if (LONE_SURROGATE.test(name)) throw bad('lone surrogate')
    checkValue(item)
  }
}

/** One JSON value of the wire (ENC-1). */
export function parse(bytes) {
  let text
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw bad('not UTF-8')
  }
  if (text.startsWith('\uFEFF')) throw bad('byte order mark')
  const written = checkDepth(text)
  let value
  try {
    value = JSON.parse(text)
  } catch {
    throw bad('not JSON')
  }
  checkValue(value)
  if (countMembers(value) !== written) throw bad('a name twice')
  return value
}

/** RFC 8785 (ENC-2): what JSON.stringify writes of strings and numbers is what it asks for; names are sorted by code units. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

export const utf8 = (text) => new TextEncoder().encode(text)

/** ENC-5. */
export const hashOf = (value) => `blake3:${Buffer.from(blake3(utf8(canonical(value)))).toString('hex')}`

export const toBase64Url = (bytes) => Buffer.from(bytes).toString('base64url')

/** ENC-3: what decodes and encodes to the very same text. */
export function fromBase64Url(text) {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw bad('not base64url')
  return new Uint8Array(bytes)
}

/** ENC-4. */
export const timeAt = (ms) => new Date(ms).toISOString()

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 48 bits of time and 80 of chance. */
export function ulid(ms, random) {
  let time = ''
  for (let rest = ms, digits = 0; digits < 10; digits++, rest = Math.floor(rest / 32)) time = CROCKFORD[rest % 32] + time
  return time + [...random].map((byte) => CROCKFORD[byte % 32]).join('')
}
