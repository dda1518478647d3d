import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPlain } from '#protocol/civdef/terms.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { createRegions } from '../regions/adapters.ts'
import { readNina } from './nina.ts'
import { plainLine, plainText } from './plain-text.ts'
import { readCap } from './read.ts'
import { escapeXml, parseXml } from './xml.ts'

const refused = expect.objectContaining({ code: 'bad_request' })

describe('XML from a stranger', () => {
  it('is read with its namespaces, attributes, comments, CDATA and built-in references', () => {
    const root = parseXml(
      `<?xml version="1.0" encoding="utf-8" standalone='yes'?><!-- a --><a:b xmlns:a="urn:a" xmlns="urn:d" x='1&lt;2'>t&#x41;&#66;<![CDATA[<&]]><c/></a:b>\n`,
    )
    expect(root).toMatchObject({ namespace: 'urn:a', name: 'b', text: 'tAB<&' })
    expect(root.attributes.get('x')).toBe('1<2')
    expect(root.children[0]).toMatchObject({ namespace: 'urn:d', name: 'c' })
  })

  it.each([
    ['a DOCTYPE', '<!DOCTYPE a><a/>'],
    ['a bomb of entities', '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity nobody declared', '<a>&x;</a>'],
    ['an entity named like a property', '<a>&constructor;</a>'],
    ['an HTML entity', '<a>&auml;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['an ampersand at the end', '<a>a &amp</a>'],
    ['a reference to no character', '<a>&#0;</a>'],
    ['a reference to half a character', '<a>&#xD800;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a processing instruction', '<?php x ?><a/>'],
    ['a stylesheet', '<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['a control character', '<a>\u0001</a>'],
    ['half a surrogate pair', '<a>\ud800</a>'],
    ['crossed elements', '<a><b></a></b>'],
    ['an element that does not end', '<a><b></b>'],
    ['an end without a beginning', '</a>'],
    ['two roots', '<a/><b/>'],
    ['text beside the root', '<a/>x'],
    ['text before the root', 'x<a/>'],
    ['an attribute twice', '<a x="1" x="2"/>'],
    ['an attribute without quotes', '<a x=1/>'],
    ['an attribute without a value', '<a x/>'],
    ['attributes that touch', '<a x="1"y="2"/>'],
    ['a bracket in an attribute', '<a x="<"/>'],
    ['a prefix that stands for nothing', '<p:a/>'],
    ['the end of CDATA that is none', '<a>]]></a>'],
    ['CDATA that does not end', '<a><![CDATA[x</a>'],
    ['a comment that does not end', '<a><!-- x</a>'],
    ['two hyphens in a comment', '<a><!-- a -- b --></a>'],
    ['nothing', ''],
    ['a name that is none', '<1a/>'],
    ['a thousand levels', '<a>'.repeat(1000) + '</a>'.repeat(1000)],
    ['a hundred thousand elements', `<a>${'<b/>'.repeat(100_000)}</a>`],
  ])('is refused with %s', (_what, text) => {
    expect(() => parseXml(text)).toThrowError(refused)
  })

  it('never does anything but answer or refuse', () => {
    const bits = fc.constantFrom(
      '<a>',
      '</a>',
      '<b x="1">',
      '</b>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&x;',
      '<',
      '>',
      '"',
      ' ',
      'text',
      '<?xml',
      '?>',
      '<!DOCTYPE',
    )
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
        try {
          parseXml(parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(HearthError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('holds any text that was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no such characters
        const possible = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/g, '')
        return parseXml(`<a>${escapeXml(possible)}</a>`).text === possible
      }),
    )
  })

  it('is refused in no time, however it is made to be slow', () => {
    const slow = [
      '<a '.repeat(100_000),
      `<a>${'&amp'.repeat(100_000)}</a>`,
      `<a x="${'<'.repeat(200_000)}"/>`,
      `<!--${'-'.repeat(300_000)}`,
    ]
    for (const text of slow) expect(() => readCap(text)).toThrowError(refused)
  })
})

describe('HTML in a warning', () => {
  it.each([
    ['Fenster <b>zu</b>.', 'Fenster zu.'],
    ['Eins<br/>Zwei<BR>Drei', 'Eins\nZwei\nDrei'],
    ['<p>Eins</p><p>Zwei</p>', 'Eins\n\nZwei'],
    ['Pegel &lt; 3&nbsp;m, 20&deg;C, Stra&szlig;e', 'Pegel < 3 m, 20°C, Straße'],
    ['Pegel < 3 m und > 2 m', 'Pegel < 3 m und > 2 m'],
    ['a<script>alert("<b>")</script>b', 'ab'],
    ['a<scr<script>ipt>alert(1)</script>b', 'aipt>alert(1)b'],
    ['<img src=x onerror=alert(1)>Text', 'Text'],
    ['<a href="javascript:alert(1)">Klick</a>', 'Klick'],
    ['&lt;script&gt;alert(1)&lt;/script&gt;', '<script>alert(1)</script>'],
    ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['offen <b', 'offen'],
    ['a<!-- b <i>c</i> -->d', 'ad'],
    ['ab\u202ecd', 'ab cd'],
    ['&#x202e;um', 'um'],
    ['&constructor;', '&constructor;'],
  ])('%j is the words %j', (html, words) => {
    expect(plainText(html)).toBe(words)
  })

  it('always leaves plain words', () => {
    const bits = fc.constantFrom(
      '<b>',
      '</b>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '<',
      '>',
      '&lt;',
      '&#10;',
      '&#x202e;',
      '&amp;',
      'a',
      ' ',
      '\n',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 3 })), { maxLength: 20 }), (parts) => {
        const html = parts.join('')
        expect(isPlain(plainText(html), 'many')).toBe(true)
        expect(isPlain(plainLine(html))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the warning JSON of NINA and MoWaS', () => {
  const regions = createRegions()
  // made up: no such warning was ever given
  const warning = {
    identifier: 'EXAMPLE-MOWAS-1',
    sender: 'probe@example.org',
    sent: '2026-05-26T10:00:00+02:00',
    status: 'Actual',
    msgType: 'Alert',
    scope: 'Public',
    code: ['DVN:1'],
    info: [
      {
        language: 'DE',
        category: ['Safety'],
        event: 'Probe',
        urgency: 'Immediate',
        severity: 'Minor',
        certainty: 'Observed',
        headline: 'Probe<br/>nur',
        description: 'Es ist <b>nichts</b>.<br/>Wirklich.',
        instruction: 'Ruhe<br/>bewahren',
        parameter: [{ valueName: 'sender_langname', value: 'Probestelle' }],
        area: [
          {
            areaDesc: 'Gemeinde Issum',
            geocode: [{ valueName: 'SHN', value: '051540020020' }],
            polygon: ['6.4,51.5 6.5,51.5 6.5,51.6 6.4,51.5 -1.0,-1.0'],
          },
        ],
      },
    ],
  }
  const read = (change: object = {}) => readNina(JSON.stringify({ ...warning, ...change }), regions)

  it('becomes a mirror with plain words, official places and its own identifier', () => {
    expect(read()[0]).toMatchObject({
      format: 'nina',
      correlation_id: 'EXAMPLE-MOWAS-1',
      sender_name: 'Probestelle',
      sent_at: '2026-05-26T08:00:00Z',
      expires_at: '2026-05-27T08:00:00Z',
      severity: 'advisory',
      regions: ['DE.NRW.Kleve.Issum'],
      polygons: [
        [
          { lat: 51.5, lon: 6.4 },
          { lat: 51.5, lon: 6.5 },
          { lat: 51.6, lon: 6.5 },
          { lat: 51.5, lon: 6.4 },
        ],
      ],
      wordings: [{ language: 'de', title: 'Probe nur', body: 'Es ist nichts.\nWirklich.', instructions: ['Ruhe', 'bewahren'] }],
      drill: false,
    })
  })

  it('may be a list, and times may be written as they come', () => {
    expect(readNina(JSON.stringify([warning, { ...warning, sent: '2026-05-26T08:00:00.000Z' }]), regions)).toHaveLength(2)
  })

  it('that is a test is a drill; that is a draft is refused (CIV-9)', () => {
    expect(read({ status: 'Test' })[0]?.drill).toBe(true)
    expect(() => read({ status: 'Draft' })).toThrowError(refused)
  })

  it.each<[string, object]>([
    ['no identifier', { identifier: undefined }],
    ['an identifier of another type', { identifier: 7 }],
    ['no sender', { sender: undefined }],
    ['no time', { sent: undefined }],
    ['a time without an offset', { sent: '2026-05-26T10:00:00' }],
    ['a status that is none', { status: 'Echt' }],
    ['a type that is none', { msgType: 'Warnung' }],
    ['no words at all', { info: [] }],
    ['no severity', { info: [{ ...warning.info[0], severity: undefined }] }],
    ['a severity that is none', { info: [{ ...warning.info[0], severity: 'schlimm' }] }],
    ['a headline that is a number', { info: [{ ...warning.info[0], headline: 7 }] }],
  ])('is refused with %s', (_what, change) => {
    expect(() => read(change)).toThrowError(refused)
  })

  it('is refused when it is no JSON, no warning, or too much', () => {
    for (const text of ['', '[]', '7', '[7]', '{', '[[[[', JSON.stringify(Array.from({ length: 65 }, () => warning))]) {
      expect(() => readNina(text, regions), text.slice(0, 20)).toThrowError(refused)
    }
  })

  it('with an area that cannot be drawn keeps to its codes', () => {
    const info = {
      ...warning.info[0],
      area: [{ areaDesc: 'x', polygon: ['0,0 1,1 2,2 0,0'], geocode: [{ valueName: 'SHN', value: '051540000000' }] }],
    }
    expect(read({ info: [info] })[0]).toMatchObject({ polygons: [], regions: ['DE.NRW.Kleve'] })
  })
})
