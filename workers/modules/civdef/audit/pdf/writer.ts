import { concatBytes, toHex, utf8 } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { type FontName, PDF_FONTS, textWidth, winAnsi } from './fonts.ts'

// ISO 32000-1 (PDF 1.7) as far as a record on paper needs it: text in the standard fonts, lines, boxes, one file inside.

type Bytes = Uint8Array<ArrayBuffer>

/** A4, in points. */
export const PAGE = { width: 595, height: 842 } as const

export interface TextStyle {
  readonly font: FontName
  /** Points. */
  readonly size: number
  /** 0 black to 1 white. */
  readonly gray?: number
}

/** One page; x from the left, y from the bottom, in points. */
export interface Page {
  text(x: number, y: number, text: string, style: TextStyle): void
  line(x1: number, y1: number, x2: number, y2: number, width: number): void
  box(x: number, y: number, width: number, height: number, line: number): void
}

export interface PdfOptions {
  readonly title: string
  /** RFC 3339. */
  readonly madeAt: string
  readonly attachment: { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }
}

export interface Pdf {
  readonly pages: readonly Page[]
  addPage(): Page
  /** Everything as a file. */
  bytes(): Promise<Bytes>
}

const number = (value: number): string => String(Math.round(value * 100) / 100)
const escaped = (bytes: Uint8Array): string =>
  [...bytes]
    .map((byte) =>
      byte > 32 && byte < 127 && !'()\\'.includes(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('')
/** A text outside of pages: UTF-16 with its mark. */
const unicode = (text: string): string => {
  const codes = [0xfeff, ...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))]
  return `<${codes.map((code) => code.toString(16).padStart(4, '0')).join('')}>`
}

async function deflated(bytes: Uint8Array): Promise<Bytes> {
  const packed = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

/** `D:20260526080000Z` */
const pdfDate = (time: string): string => `(D:${time.replace(/\D/g, '').slice(0, 14)}Z)`

interface PageContent extends Page {
  readonly operators: string[]
}

function createPage(): PageContent {
  const operators: string[] = []
  return {
    operators,
    text(x, y, text, { font, size, gray = 0 }) {
      const at = `1 0 0 1 ${number(x)} ${number(y)} Tm`
      operators.push(`BT ${number(gray)} g /${font} ${number(size)} Tf ${at} (${escaped(winAnsi(text))}) Tj ET`)
    },
    line(x1, y1, x2, y2, width) {
      operators.push(`${number(width)} w ${number(x1)} ${number(y1)} m ${number(x2)} ${number(y2)} l S`)
    },
    box(x, y, width, height, line) {
      operators.push(`${number(line)} w ${number(x)} ${number(y)} ${number(width)} ${number(height)} re S`)
    },
  }
}

/** Objects in the order of their numbers, from 1; what they say is bytes. */
function createObjects() {
  const objects: Uint8Array[] = []
  return {
    objects,
    reserve(): number {
      objects.push(new Uint8Array(0))
      return objects.length
    },
    set(id: number, body: string): void {
      objects[id - 1] = utf8(body)
    },
    async stream(id: number, entries: string, bytes: Uint8Array): Promise<void> {
      const packed = await deflated(bytes)
      const head = `<< ${entries} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`
      objects[id - 1] = concatBytes(utf8(head), packed, utf8('\nendstream'))
    },
  }
}

/** Header, objects, the table of where each begins, trailer. */
function assemble(objects: readonly Uint8Array[], root: number, info: number): Bytes {
  // the line of high bytes tells tools that this is no text
  const parts: Uint8Array[] = [utf8('%PDF-1.7\n'), Uint8Array.of(0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a)]
  let at = parts.reduce((sum, part) => sum + part.length, 0)
  const offsets: number[] = []
  for (const [index, body] of objects.entries()) {
    const object = concatBytes(utf8(`${index + 1} 0 obj\n`), body, utf8('\nendobj\n'))
    offsets.push(at)
    parts.push(object)
    at += object.length
  }
  const id = toHex(sha256(concatBytes(...parts))).slice(0, 32)
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const trailer = `<< /Size ${size} /Root ${root} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>] >>`
  parts.push(utf8(`xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${at}\n%%EOF\n`))
  return concatBytes(...parts)
}

export function createPdf({ title, madeAt, attachment }: PdfOptions): Pdf {
  const pages: PageContent[] = []
  return {
    pages,
    addPage() {
      const page = createPage()
      pages.push(page)
      return page
    },

    async bytes() {
      const { objects, reserve, set, stream } = createObjects()
      const [root, info, tree, file, filespec] = [reserve(), reserve(), reserve(), reserve(), reserve()]
      const fonts = Object.entries(PDF_FONTS).map(([name, base]) => {
        const id = reserve()
        set(id, `<< /Type /Font /Subtype /Type1 /BaseFont /${base} /Encoding /WinAnsiEncoding >>`)
        return `/${name} ${id} 0 R`
      })
      const kids: number[] = []
      for (const { operators } of pages) {
        const [page, content] = [reserve(), reserve()]
        await stream(content, '', utf8(operators.join('\n')))
        const size = `/MediaBox [0 0 ${PAGE.width} ${PAGE.height}]`
        set(
          page,
          `<< /Type /Page /Parent ${tree} 0 R ${size} /Resources << /Font << ${fonts.join(' ')} >> >> /Contents ${content} 0 R >>`,
        )
        kids.push(page)
      }
      set(tree, `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((id) => `${id} 0 R`).join(' ')}] >>`)
      const type = attachment.mediaType.replace(/[^A-Za-z0-9.-]/g, (mark) => `#${mark.charCodeAt(0).toString(16)}`)
      const params = `/Params << /Size ${attachment.bytes.length} /ModDate ${pdfDate(madeAt)} >>`
      await stream(file, `/Type /EmbeddedFile /Subtype /${type} ${params}`, attachment.bytes)
      const name = `(${escaped(winAnsi(attachment.name))})`
      const relation = '/AFRelationship /Source'
      set(filespec, `<< /Type /Filespec /F ${name} /UF ${unicode(attachment.name)} ${relation} /EF << /F ${file} 0 R >> >>`)
      set(info, `<< /Title ${unicode(title)} /Producer (HearthNet) /CreationDate ${pdfDate(madeAt)} >>`)
      const names = `/Names << /EmbeddedFiles << /Names [${name} ${filespec} 0 R] >> >>`
      const viewer = '/ViewerPreferences << /DisplayDocTitle true >> /PageMode /UseAttachments'
      set(root, `<< /Type /Catalog /Pages ${tree} 0 R /Lang (de-DE) ${names} /AF [${filespec} 0 R] ${viewer} >>`)
      return assemble(objects, root, info)
    },
  }
}

/** Breaks a text into lines of at most `width` points: at spaces, and within what is longer than a line. */
export function wrap(text: string, width: number, style: TextStyle): string[] {
  const fits = (line: string): boolean => textWidth(line, style) <= width
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      const next = line === '' ? word : `${line} ${word}`
      if (fits(next)) {
        line = next
        continue
      }
      if (line !== '') lines.push(line)
      line = ''
      for (const mark of word) {
        if (!fits(line + mark) && line !== '') {
          lines.push(line)
          line = ''
        }
        line += mark
      }
    }
    return [...lines, line]
  })
}
