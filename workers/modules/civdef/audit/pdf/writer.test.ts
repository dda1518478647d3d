import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '#protocol/core/encoding.ts'
import { textWidth, winAnsi } from './fonts.ts'
import { createPdf, wrap } from './writer.ts'

const BODY = { font: 'R', size: 10 } as const

describe('text on paper', () => {
  it('never runs out of its column, and loses no letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 40, max: 400 }), (text, width) => {
        const lines = wrap(text, width, BODY)
        // one character that is wider than the column stands alone: there is nothing left to break
        for (const line of lines) expect(textWidth(line, BODY) <= width || [...line].length === 1).toBe(true)
        expect(lines.join('').replace(/ /g, '')).toBe(text.replace(/[\n ]/g, ''))
      }),
    )
  })

  it('has German, the quotes and the dashes, and spells out everything else', () => {
    expect([...winAnsi('„“–€…')]).toEqual([0x84, 0x93, 0x96, 0x80, 0x85])
    expect([...winAnsi('Größe ß')]).toEqual([0x47, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0xdf])
    expect([...winAnsi('🔥ł')]).toEqual([...winAnsi('‹U+1F525›‹U+0142›')])
    expect([...winAnsi('\u202e\u0000')]).toEqual([...winAnsi('‹U+202E›‹U+0000›')])
  })

  it('cannot end its own string or begin a command', async () => {
    const attachment = { name: 'a (b) \\.jsonl', mediaType: 'a/b+c', bytes: utf8('{}') }
    const pdf = createPdf({ title: ') endobj', madeAt: '2026-05-26T08:00:00.000Z', attachment })
    pdf.addPage().text(10, 10, ') Tj ET \\ (', BODY)
    const file = Buffer.from(await pdf.bytes())
    const texts = [...file.toString('latin1').matchAll(/\/Length (\d+) >>\nstream\n/g)].map(({ index, 0: head, 1: length }) =>
      inflateSync(file.subarray(index + head.length, index + head.length + Number(length))).toString('latin1'),
    )
    expect(texts).toContain('{}')
    expect(texts.find((text) => text.startsWith('BT'))).toContain('(\\051\\040Tj\\040ET\\040\\134\\040\\050) Tj')
    expect(file.toString('latin1')).not.toContain(') endobj')
    expect(file.toString('latin1')).toContain('/F (a\\040\\050b\\051\\040\\134.jsonl)')
  })

  it('has a table that says where each of its objects begins', async () => {
    const attachment = { name: 'a.jsonl', mediaType: 'a/b', bytes: utf8('x') }
    const pdf = createPdf({ title: 'Ä', madeAt: '2026-05-26T08:00:00.000Z', attachment })
    pdf.addPage()
    const file = Buffer.from(await pdf.bytes()).toString('latin1')
    const [, start = ''] = /startxref\n(\d+)\n%%EOF\n$/.exec(file) ?? []
    expect(file.slice(Number(start), Number(start) + 4)).toBe('xref')
    const offsets = [...file.slice(Number(start)).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, at = '']) => Number(at))
    expect(offsets.length).toBeGreaterThan(8)
    for (const [index, at] of offsets.entries()) expect(file.slice(at)).toMatch(new RegExp(`^${index + 1} 0 obj\n`))
  })
})
