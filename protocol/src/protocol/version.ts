import { HearthError } from '../core/errors.ts'
import type { ProtocolVersion } from '../core/version.ts'

// semver without build metadata; four digits are room for everything and never lose precision
const VERSION = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/
export const VERSION_PATTERN = VERSION.source
export const VERSION_MAX_CHARS = 48

/** @throws HearthError `protocol_version_unknown` when the text is no version (PRO-1) */
export function parseVersion(text: string): ProtocolVersion {
  const parts = text.length <= VERSION_MAX_CHARS ? VERSION.exec(text) : null
  if (!parts) throw new HearthError('protocol_version_unknown', 'not a protocol version')
  const [, major, minor, patch, suffix = ''] = parts
  return { major: Number(major), minor: Number(minor), patch: Number(patch), suffix }
}

const NUMERIC = /^\d+$/

/** Precedence of one identifier of a suffix (Semantic Versioning 2.0.0, 11.4). */
function compareIdentifiers(a: string, b: string): number {
  const numbers = [NUMERIC.test(a), NUMERIC.test(b)]
  if (numbers[0] && numbers[1]) return Number(a) - Number(b)
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** A version with a suffix comes before the one without. */
function compareSuffixes(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1
  const [left, right] = [a.split('.'), b.split('.')]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = compareIdentifiers(left[at] ?? '', right[at] ?? '')
    if (order !== 0) return order
  }
  return left.length - right.length
}

/** Negative when `a` is older (PRO-2). */
export function compareVersions(a: ProtocolVersion, b: ProtocolVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || compareSuffixes(a.suffix, b.suffix)
}

function known(texts: readonly string[]): { readonly text: string; readonly version: ProtocolVersion }[] {
  return texts.flatMap((text) => {
    try {
      return [{ text, version: parseVersion(text) }]
    } catch {
      // what nobody can read is nothing two sides share
      return []
    }
  })
}

/**
 * The version two sides speak with each other (PRO-3): the highest major both name, and of the newest each has within it
 * the older one. The same whichever side asks.
 * @returns null when they share no major
 */
export function negotiate(ours: readonly string[], theirs: readonly string[]): string | null {
  const newestOf = (texts: readonly string[], major: number) =>
    known(texts)
      .filter(({ version }) => version.major === major)
      .sort((a, b) => compareVersions(b.version, a.version))[0]
  const majors = known(theirs).map(({ version }) => version.major)
  const shared = known(ours)
    .map(({ version }) => version.major)
    .filter((major) => majors.includes(major))
  if (shared.length === 0) return null
  const major = Math.max(...shared)
  const [mine, other] = [newestOf(ours, major), newestOf(theirs, major)]
  if (!mine || !other) return null
  return compareVersions(mine.version, other.version) <= 0 ? mine.text : other.text
}

/** @throws HearthError `protocol_unsupported_capability` when two sides share no major version (PRO-4) */
export function requireCommonVersion(ours: readonly string[], theirs: readonly string[]): string {
  const version = negotiate(ours, theirs)
  if (version === null) {
    throw new HearthError('protocol_unsupported_capability', 'no major version of the protocol in common', {
      data: { ours: [...ours], theirs: [...theirs] },
    })
  }
  return version
}
