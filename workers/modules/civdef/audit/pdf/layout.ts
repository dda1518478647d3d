import { textWidth } from './fonts.ts'
import { PAGE, type Page, type Pdf, type TextStyle, wrap } from './writer.ts'

const MARGIN = 57
/** Room for the running head, and for the foot. */
const TOP = PAGE.height - 78
const BOTTOM = 70
const COLUMN = PAGE.width - 2 * MARGIN
/** Width of the labels beside fields. */
const LABEL = 104

export const STYLES = {
  title: { font: 'B', size: 22 },
  section: { font: 'B', size: 14 },
  strong: { font: 'B', size: 10 },
  body: { font: 'R', size: 10 },
  small: { font: 'R', size: 8.5, gray: 0.25 },
  mono: { font: 'M', size: 7.2 },
} as const satisfies Record<string, TextStyle>

const lineHeight = ({ size }: TextStyle): number => size * 1.38

/** Text from top to bottom over as many pages as it takes. */
export interface Layout {
  paragraph(text: string, style?: TextStyle, indent?: number): void
  section(text: string): void
  /** A label and what belongs to it. */
  field(label: string, text: string, style?: TextStyle): void
  /** Words in a frame, to be seen before anything else. */
  frame(text: string): void
  /** A rule across, and room for `points` below it or a new page. */
  rule(points: number): void
  gap(points: number): void
  newPage(): void
  /** Marks the page that is being written: its head says it. */
  mark(word: string): void
  /** Head and foot of every page, once all of them are there. */
  finish(head: string, foot: string): void
}

export function createLayout(pdf: Pdf): Layout {
  let page: Page = pdf.addPage()
  let y: number = TOP
  /** What the running heads say beside the title. */
  const marks = new Map<Page, Set<string>>()
  let current: readonly string[] = []

  function newPage(): void {
    page = pdf.addPage()
    y = TOP
    for (const word of current) setMark(word)
  }
  function setMark(word: string): void {
    marks.set(page, (marks.get(page) ?? new Set()).add(word))
  }
  function need(points: number): void {
    if (y - points < BOTTOM) newPage()
  }

  function lines(texts: readonly string[], x: number, style: TextStyle): void {
    for (const text of texts) {
      need(lineHeight(style))
      y -= lineHeight(style)
      page.text(x, y, text, style)
    }
  }

  return {
    newPage,
    paragraph(text, style = STYLES.body, indent = 0) {
      lines(wrap(text, COLUMN - indent, style), MARGIN + indent, style)
      y -= 4
    },
    section(text) {
      need(60)
      y -= 14
      lines([text], MARGIN, STYLES.section)
      y -= 6
    },
    field(label, text, style = STYLES.body) {
      const wrapped = wrap(text, COLUMN - LABEL, style)
      const height = lineHeight(style)
      for (const [index, line] of wrapped.entries()) {
        need(height)
        y -= height
        if (index === 0) page.text(MARGIN, y, label, STYLES.small)
        page.text(MARGIN + LABEL, y, line, style)
      }
      y -= 1
    },
    frame(text) {
      const style = { font: 'B', size: 13 } as const
      const wrapped = wrap(text, COLUMN - 24, style)
      const height = wrapped.length * lineHeight(style) + 18
      need(height + 8)
      page.box(MARGIN, y - height, COLUMN, height, 2)
      y -= 8
      lines(wrapped, MARGIN + 12, style)
      y -= 18
    },
    rule(points) {
      need(points)
      y -= 6
      page.line(MARGIN, y, PAGE.width - MARGIN, y, 0.5)
      y -= 4
    },
    gap(points) {
      y -= points
    },
    mark(word) {
      current = word === '' ? [] : [word]
      if (word !== '') setMark(word)
    },
    finish(head, foot) {
      for (const [index, one] of pdf.pages.entries()) {
        const words = [...(marks.get(one) ?? [])].join(' · ')
        one.text(MARGIN, PAGE.height - 44, head, STYLES.small)
        if (words !== '') {
          const style = { font: 'B', size: 12 } as const
          const width = textWidth(words, style)
          one.text(PAGE.width - MARGIN - width - 6, PAGE.height - 45, words, style)
          one.box(PAGE.width - MARGIN - width - 12, PAGE.height - 51, width + 12, 20, 1.2)
        }
        one.line(MARGIN, PAGE.height - 58, PAGE.width - MARGIN, PAGE.height - 58, 0.5)
        one.line(MARGIN, 52, PAGE.width - MARGIN, 52, 0.5)
        one.text(MARGIN, 38, foot, STYLES.small)
        const count = `Seite ${index + 1} von ${pdf.pages.length}`
        one.text(PAGE.width - MARGIN - textWidth(count, STYLES.small), 38, count, STYLES.small)
      }
    },
  }
}
