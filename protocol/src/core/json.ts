import { HearthError } from './errors.ts'

/** A value that survives the wire unchanged (ENC-1). */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Deepest nesting a node accepts; deeper input is refused before anything walks it. */
export const MAX_JSON_DEPTH = 32

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

function refuse(path: string, message: string): never {
  throw new HearthError('bad_request', `${path || '/'}: ${message}`, { data: { field: path || '/' } })
}

function checkString(value: string, path: string): void {
  if (LONE_SURROGATE.test(value)) refuse(path, 'lone surrogate in a string')
}

function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) refuse(path, 'number is not finite')
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) refuse(path, 'integer does not fit in 53 bits')
}

function check(value: unknown, path: string, depth: number): void {
  if (depth > MAX_JSON_DEPTH) refuse(path, `nested deeper than ${MAX_JSON_DEPTH}`)
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    checkString(value, path)
    return
  }
  if (typeof value === 'number') {
    checkNumber(value, path)
    return
  }
  if (typeof value !== 'object') refuse(path, `${typeof value} is not JSON`)
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      check(item, `${path}/${index}`, depth + 1)
    })
    return
  }
  for (const [key, item] of Object.entries(value)) {
    checkString(key, path)
    if (item !== undefined) check(item, `${path}/${key}`, depth + 1)
  }
}

/**
 * Holds a parsed value to ENC-1: finite numbers, 53-bit integers, well-formed Unicode, bounded depth.
 * @throws HearthError `bad_request`, naming the JSON pointer of the first offence.
 */
export function checkJson(value: unknown): asserts value is JsonValue {
  check(value, '', 0)
}

/**
 * Counts brackets outside strings, so that a bomb is refused before `JSON.parse` recurses into it.
 * @returns the members that are written in it: each has one colon outside strings
 */
function checkTextDepth(text: string): number {
  let depth = 0
  let members = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_JSON_DEPTH) refuse('', `nested deeper than ${MAX_JSON_DEPTH}`)
    } else if (code === 0x5d || code === 0x7d) depth--
    else if (code === 0x3a) members++
  }
  return members
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  return items.reduce<number>((sum, item) => sum + countMembers(item), Array.isArray(value) ? 0 : items.length)
}

/**
 * Parses one JSON text from an untrusted sender (ENC-1).
 * @param input UTF-8 bytes without a BOM, or text.
 * @throws HearthError `bad_request`
 */
export function parseJson(input: Uint8Array | string): JsonValue {
  let text: string
  try {
    text = typeof input === 'string' ? input : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input)
  } catch {
    refuse('', 'not UTF-8')
  }
  if (text.startsWith('\uFEFF')) refuse('', 'byte order mark')
  const written = checkTextDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    refuse('', 'not JSON')
  }
  checkJson(value)
  // of two members of one name a parser keeps the first, the last or both: what is signed would be read in two ways
  if (written !== countMembers(value)) refuse('', 'a member name twice in one object')
  return value
}
