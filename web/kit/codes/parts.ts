import { toBase32, utf8 } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'

// A code with 700 characters is still read by a scratched tablet in the sun; what is longer is shown as several, one after the
// other. Each names the whole by a short hash, so that parts of two codes never mix: `HNP:<hash>:<number>/<of>:<text>`.

/** Most characters of the text in one code. */
const PART_CHARS = 700
const PART = /^HNP:([A-Z2-7]{8}):(\d{1,2})\/(\d{1,2}):([\s\S]*)$/

const nameOf = (text: string): string => toBase32(sha256(utf8(text))).slice(0, 8)

/** The codes that carry a text: one where it is short, as it is; else several. */
export function partsOf(text: string, most = PART_CHARS): readonly string[] {
  if (text.length <= most) return [text]
  const count = Math.ceil(text.length / most)
  const name = nameOf(text)
  return Array.from({ length: count }, (_, at) => `HNP:${name}:${at + 1}/${count}:${text.slice(at * most, (at + 1) * most)}`)
}

/** What was scanned so far of one text. */
export interface Collected {
  readonly name: string
  readonly parts: readonly (string | null)[]
}

export type Taken =
  | { readonly done: true; readonly text: string }
  | { readonly done: false; readonly collected: Collected }
  /** All parts are there and are not the text they name. */
  | { readonly done: false; readonly collected: null }

/** Takes one code more, in any order and as often as the camera sees it; a part of another text begins anew. */
export function take(scanned: string, before: Collected | null): Taken {
  const found = PART.exec(scanned)
  if (!found) return { done: true, text: scanned.trim() }
  const [, name = '', number = '', of = '', text = ''] = found
  const count = Number(of)
  const at = Number(number) - 1
  if (count < 1 || at < 0 || at >= count) return { done: false, collected: null }
  const goesOn = before?.name === name && before.parts.length === count
  const parts = goesOn ? [...before.parts] : Array.from({ length: count }, () => null as string | null)
  parts[at] = text
  if (parts.some((part) => part === null)) return { done: false, collected: { name, parts } }
  const whole = parts.join('')
  return nameOf(whole) === name ? { done: true, text: whole } : { done: false, collected: null }
}

/** How many parts are there. */
export const taken = ({ parts }: Collected): number => parts.filter((part) => part !== null).length
