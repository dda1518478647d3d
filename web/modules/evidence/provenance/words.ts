/** Average width of a character at the picture's 13 pixels, plain and bold. */
const CHARACTER_PX = 7.2
export const BOLD_PX = 8.8

/** Text as at most `lines` lines of `room` pixels, cut with an ellipsis; words stay whole where they fit. */
export function wrapped(text: string, room: number, lines: number, characterPx = CHARACTER_PX): readonly string[] {
  const fits = Math.max(4, Math.floor(room / characterPx))
  const made: string[] = []
  let rest = Array.from(text.replaceAll(/\s+/gu, ' ').trim())
  while (rest.length > 0 && made.length < lines) {
    if (rest.length <= fits) {
      made.push(rest.join(''))
      return made
    }
    if (made.length === lines - 1) {
      made.push(`${rest.slice(0, fits - 1).join('')}…`)
      return made
    }
    const space = rest.slice(0, fits + 1).lastIndexOf(' ')
    const cut = space > fits / 3 ? space : fits
    made.push(rest.slice(0, cut).join(''))
    rest = rest.slice(rest[cut] === ' ' ? cut + 1 : cut)
  }
  return made
}
