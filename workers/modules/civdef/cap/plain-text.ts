const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', shy: '', ndash: '–', mdash: '—', bdquo: '„', ldquo: '“' },
  ...{
    rdquo: '”',
    hellip: '…',
    euro: '€',
    deg: '°',
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    Auml: 'Ä',
    Ouml: 'Ö',
    Uuml: 'Ü',
    szlig: 'ß',
  },
}
const BREAKS = new Set(['br', 'p', 'div', 'li', 'ul', 'ol', 'tr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'hr'])
/** What is inside these is no text. */
const SILENT = new Set(['script', 'style', 'head', 'title', 'iframe', 'object', 'noscript', 'template', 'svg'])

function reference(whole: string, name: string): string {
  const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
  if (!numeric) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole
  const code = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16)
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
}

function withoutTags(text: string): string {
  let out = ''
  let silent: string | null = null
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('<', at)
    if (open < 0) return silent ? out : out + text.slice(at)
    if (!silent) out += text.slice(at, open)
    // a bracket that begins no tag is a character: „Pegel < 3 m“
    const tag = /^<(!--|\/?[A-Za-z][A-Za-z0-9]*|[!?])/.exec(text.slice(open, open + 40))
    if (!tag) {
      if (!silent) out += '<'
      at = open + 1
      continue
    }
    const end = tag[1] === '!--' ? text.indexOf('-->', open) : text.indexOf('>', open)
    const name = (tag[1] ?? '').replace('/', '').toLowerCase()
    if (silent && tag[0].startsWith('</') && name === silent) silent = null
    else if (!silent && SILENT.has(name) && !tag[0].startsWith('</')) silent = name
    else if (!silent && BREAKS.has(name)) out += '\n'
    if (end < 0) return out
    at = end + (tag[1] === '!--' ? 3 : 1)
  }
  return out
}

/**
 * The words of a text that may be HTML (MoWaS sends it so): tags gone, breaks as newlines, references resolved once. What comes
 * out is plain text; nothing of it is ever given to a browser as markup.
 */
export function plainText(html: string): string {
  return (
    withoutTags(html)
      .replace(/&([A-Za-z]{2,8}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});/g, reference)
      .normalize('NFC')
      .replace(/[\u2028\u2029]/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff\u202a-\u202e\u2066-\u2069]/g, ' ')
      .replace(/[ \u00a0]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  )
}

/** The same on one line. */
export const plainLine = (html: string): string => plainText(html).replace(/\s*\n\s*/g, ' ')
