import { HearthError } from '#protocol/core/errors.ts'

/** An element with its namespace resolved. Attributes other than namespaces are kept by their written names. */
export interface XmlElement {
  readonly namespace: string
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Text of the element without its children's. */
  readonly text: string
  /** Where it begins in the document, for messages. */
  readonly at: number
}

const MAX_DEPTH = 12
const MAX_ELEMENTS = 20_000
const MAX_ATTRIBUTES = 16
const NAME = /[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?/y
const SPACE = /[ \t\r\n]*/y
/** The five that XML itself knows. Everything else would need a DOCTYPE, which is refused. */
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'

const isXmlChar = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

interface Open {
  readonly written: string
  readonly scope: ReadonlyMap<string, string>
  readonly namespace: string
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
  readonly at: number
}

/**
 * A small strict XML 1.0 reader for documents from strangers, because workers have no DOMParser: elements, attributes, text,
 * CDATA, comments and the five built-in entities. DOCTYPE, own entities and processing instructions are refused, so that
 * there is nothing to expand and nothing to fetch.
 * @throws HearthError `bad_request` naming the line
 */
export function parseXml(source: string): XmlElement {
  // XML reads every line end as one newline
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  let at = 0
  let elements = 0
  const stack: Open[] = []
  let root: XmlElement | null = null

  function refuse(message: string): never {
    const line = text.slice(0, at).split('\n').length
    throw new HearthError('bad_request', `XML, line ${line}: ${message}`, { data: { field: `line ${line}` } })
  }

  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0
    if (!isXmlChar(code)) {
      at = i
      refuse('a character that XML does not have')
    }
    if (code > 0xffff) i++
  }

  function take(pattern: RegExp): string {
    pattern.lastIndex = at
    const [found = ''] = pattern.exec(text) ?? []
    at += found.length
    return found
  }
  const skip = (): boolean => take(SPACE) !== ''

  function through(end: string, what: string): string {
    const stop = text.indexOf(end, at)
    if (stop < 0) refuse(`${what} does not end`)
    const inside = text.slice(at, stop)
    at = stop + end.length
    return inside
  }

  function decoded(raw: string): string {
    return raw.replace(/&([^;&<\s]{0,32});?/g, (whole, reference: string) => {
      if (!whole.endsWith(';')) refuse('an ampersand that begins no reference')
      const numeric = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(reference)
      if (numeric) {
        const code = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16)
        if (!isXmlChar(code)) refuse('a reference to no character')
        return String.fromCodePoint(code)
      }
      const known = Object.hasOwn(ENTITIES, reference) ? ENTITIES[reference] : undefined
      return known ?? refuse('an entity that XML does not know by itself')
    })
  }

  function resolve(written: string, scope: ReadonlyMap<string, string>): { namespace: string; name: string } {
    const [first = '', second] = written.split(':')
    if (second === undefined) return { namespace: scope.get('') ?? '', name: first }
    const namespace = first === 'xml' ? XML_NAMESPACE : scope.get(first)
    return namespace === undefined ? refuse(`the prefix ${first} stands for nothing`) : { namespace, name: second }
  }

  function readAttributes(): Map<string, string> {
    const attributes = new Map<string, string>()
    for (;;) {
      const apart = skip()
      const next = text[at]
      if (next === '>' || next === '/' || next === undefined) return attributes
      if (!apart) refuse('attributes stand apart')
      const name = take(NAME)
      if (name === '') refuse('not the name of an attribute')
      skip()
      if (text[at] !== '=') refuse('an attribute has a value')
      at++
      skip()
      const quote = text[at]
      if (quote !== '"' && quote !== "'") refuse('a value is quoted')
      at++
      const raw = through(quote, 'the value of an attribute')
      if (raw.includes('<')) refuse('an angle bracket in a value')
      if (attributes.has(name)) refuse('an attribute is there once')
      if (attributes.size >= MAX_ATTRIBUTES) refuse('too many attributes')
      attributes.set(name, decoded(raw).replace(/[\t\n]/g, ' '))
    }
  }

  function close(open: Open): void {
    const { namespace, name, attributes, children } = open
    const element: XmlElement = { namespace, name, attributes, children, text: open.text, at: open.at }
    const parent = stack.at(-1)
    if (parent) parent.children.push(element)
    else root = element
  }

  function startTag(): void {
    const begin = at - 1
    const written = take(NAME)
    if (written === '') refuse('not the name of an element')
    if (root) refuse('a second root element')
    if (++elements > MAX_ELEMENTS) refuse('too many elements')
    if (stack.length >= MAX_DEPTH) refuse('nested too deep')
    const attributes = readAttributes()
    const scope = new Map(stack.at(-1)?.scope)
    for (const [name, value] of attributes) {
      if (name === 'xmlns') scope.set('', value)
      else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value)
    }
    const empty = text[at] === '/'
    if (empty) at++
    if (text[at] !== '>') refuse('the element does not end')
    at++
    const others = [...attributes].filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
    const open: Open = {
      written,
      scope,
      ...resolve(written, scope),
      attributes: new Map(others),
      children: [],
      text: '',
      at: begin,
    }
    if (empty) close(open)
    else stack.push(open)
  }

  function endTag(): void {
    const written = take(NAME)
    skip()
    if (text[at] !== '>') refuse('the end of an element does not end')
    at++
    const open = stack.pop()
    if (open?.written !== written) refuse(`ends ${written}, which is not open`)
    close(open)
  }

  function characters(): void {
    const stop = text.indexOf('<', at)
    const raw = text.slice(at, stop < 0 ? text.length : stop)
    const open = stack.at(-1)
    if (!open && raw.trim() !== '') refuse('text outside the root element')
    if (raw.includes(']]>')) refuse('the end of a CDATA section that is none')
    if (open) open.text += decoded(raw)
    at += raw.length
  }

  if (text.startsWith('<?xml')) {
    const declaration = through('?>', 'the XML declaration')
    if (
      !/^<\?xml[ \t\n]+version=(["'])1\.[01]\1([ \t\n]+encoding=(["'])[Uu][Tt][Ff]-8\3)?([ \t\n]+standalone=(["'])(yes|no)\5)?[ \t\n]*$/.test(
        declaration,
      )
    ) {
      refuse('the declaration says neither XML 1 nor UTF-8')
    }
  }
  while (at < text.length) {
    if (text[at] !== '<') characters()
    else if (text.startsWith('<!--', at)) {
      at += 4
      if (through('-->', 'a comment').includes('--')) refuse('two hyphens in a comment')
    } else if (text.startsWith('<![CDATA[', at)) {
      const open = stack.at(-1)
      if (!open) refuse('text outside the root element')
      at += 9
      open.text += through(']]>', 'a CDATA section')
    } else if (text.startsWith('<!', at)) refuse('DOCTYPE and entities are refused')
    else if (text.startsWith('<?', at)) refuse('processing instructions are refused')
    else if (text.startsWith('</', at)) {
      at += 2
      endTag()
    } else {
      at++
      startTag()
    }
  }
  if (stack.length > 0) refuse(`${stack.at(-1)?.written} does not end`)
  return root ?? refuse('no element at all')
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

/** Text as it may stand in an element or an attribute. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (char) => ESCAPES[char] ?? char)
