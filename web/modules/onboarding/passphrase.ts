/** What a person is told about a passphrase before it protects their recovery file (ID-5). */
export const PASSPHRASE_STRENGTHS = ['too_short', 'weak', 'fair', 'strong'] as const
export type PassphraseStrength = (typeof PASSPHRASE_STRENGTHS)[number]

/** Shortest passphrase `node.identity.recovery.export` takes. */
export const PASSPHRASE_MIN = 8

const USUAL =
  /^(passwor[dt]|kennwor[dt]|geheim|qwert[yz]|abc|hallo|hello|hearthnet|letmein|willkommen|welcome|admin|\d+)[\d!?.]*$/i

const CLASSES: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/\p{Ll}/u, 26],
  [/\p{Lu}/u, 26],
  [/\d/, 10],
  [/[^\p{L}\d]/u, 24],
]

/** Whether each character continues a run such as `aaaa`, `1234` or `dcba`: it adds next to nothing to guess. */
function continuesRun(text: string, at: number): boolean {
  const step = text.charCodeAt(at) - text.charCodeAt(at - 1)
  const before = text.charCodeAt(at - 1) - text.charCodeAt(at - 2)
  return at >= 2 && Math.abs(step) <= 1 && step === before
}

/**
 * Bits a guesser who knows the habits of people needs, roughly and rather too low. Random characters count fully, letters
 * of a long text about two bits each (Shannon's measure for written language lies lower still), runs nearly nothing.
 */
export function guessBits(passphrase: string): number {
  const alphabet = CLASSES.reduce((size, [pattern, add]) => (pattern.test(passphrase) ? size + add : size), 0)
  if (alphabet === 0 || USUAL.test(passphrase)) return 0
  const looksLikeWords = /^[\p{L}\s'-]+$/u.test(passphrase)
  const perCharacter = looksLikeWords ? 2 : Math.log2(alphabet) * 0.7
  const fresh = Array.from(passphrase, (_, at) => at).filter((at) => !continuesRun(passphrase, at)).length
  const distinct = new Set(passphrase).size
  return perCharacter * Math.min(fresh, distinct * 2.5)
}

/** The thresholds assume 600,000 rounds of PBKDF2 (some 19 bits) on top of what is guessed here. */
export function passphraseStrength(passphrase: string): PassphraseStrength {
  if (passphrase.length < PASSPHRASE_MIN) return 'too_short'
  const bits = guessBits(passphrase)
  return bits < 28 ? 'weak' : bits < 44 ? 'fair' : 'strong'
}
