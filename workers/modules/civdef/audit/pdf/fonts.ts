/** Three of the fourteen fonts that every reader of PDF has (ISO 32000-1, 9.6.2.2). */
export const PDF_FONTS = { R: 'Helvetica', B: 'Helvetica-Bold', M: 'Courier' } as const
export type FontName = keyof typeof PDF_FONTS

// advance widths of the characters 32 to 126 in thousandths of the size, as the fonts' metrics give them
const REGULAR = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
  556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778,
  722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222,
  500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]
const BOLD = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
  556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778,
  722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278,
  556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
]
/** What is not a letter with a mark on it, and wider than most. */
const WIDE: Readonly<Record<string, number>> = { '—': 1000, '…': 1000, '™': 1000, Œ: 1000, Æ: 1000, œ: 944, æ: 889, '‰': 1000 }

/** Windows-1252 where it differs from Latin-1: code to character. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** The byte of one character in WinAnsi; null where it has none. */
function byteOf(mark: string): number | null {
  const code = mark.codePointAt(0) ?? 0
  if ((code >= 32 && code < 127) || (code >= 160 && code < 256)) return code
  const at = code > 255 ? HIGH.indexOf(mark) : -1
  return at >= 0 ? 128 + at : null
}

/**
 * A text in the one encoding that the standard fonts have. What it does not have is spelled out, never dropped: a reader of the
 * paper sees that something stood there, and what; the attached file has it as it was.
 */
function spelled(text: string): string {
  let out = ''
  for (const mark of text.normalize('NFC')) {
    out += byteOf(mark) === null ? `‹U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›` : mark
  }
  return out
}

export const winAnsi = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...spelled(text)], (mark) => byteOf(mark) ?? 63)

/** Width in points. */
export function textWidth(text: string, { font, size }: { readonly font: FontName; readonly size: number }): number {
  const marks = [...spelled(text)]
  if (font === 'M') return marks.length * 0.6 * size
  const table = font === 'B' ? BOLD : REGULAR
  // a letter is as wide with its mark as without
  const widthOf = (mark: string): number => {
    const plain = mark === 'ß' ? 'b' : (mark.normalize('NFD')[0] ?? mark)
    return WIDE[mark] ?? table[(plain.codePointAt(0) ?? 0) - 32] ?? 556
  }
  return (marks.reduce((sum, mark) => sum + widthOf(mark), 0) * size) / 1000
}
