import { describe, expect, it } from 'vitest'
import { hashDocument, sourceHref, sourceParts, term, webAddress } from './terms.ts'

describe('what people type', () => {
  it('gets one spelling', () => {
    expect(term('  Grundschule \n Issum ')).toBe('Grundschule Issum')
    expect(term('Mu\u0308hle')).toBe('Mühle')
  })

  it.each([
    ['https://www.issum.de/rathaus?x=1', 'https://www.issum.de/rathaus?x=1'],
    ['issum.de/rathaus', 'https://issum.de/rathaus'],
    ['issum.de:8080/a', 'https://issum.de:8080/a'],
    ['  http://müller.de ', 'http://xn--mller-kva.de/'],
  ])('%j is the web address %j', (typed, address) => {
    expect(webAddress(typed)).toBe(address)
  })

  it.each([
    '',
    'rathaus',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a.b',
    'two words.de',
    'https://bank.de@evil.example/',
  ])('%j is no web address', (typed) => {
    expect(webAddress(typed)).toBeNull()
  })
})

describe('a source id', () => {
  it('is a link only when it is plainly a web address', () => {
    expect(sourceHref('url:https://issum.de/')).toBe('https://issum.de/')
    expect(sourceHref('url:javascript:alert(1)')).toBeNull()
    expect(sourceHref('url:issum.de')).toBeNull()
    expect(sourceHref('doc:https://issum.de/')).toBeNull()
  })

  it('of an unknown kind is not mistaken for a known one', () => {
    expect(sourceParts('node:ed25519:abc')).toEqual({ kind: 'node', rest: 'ed25519:abc' })
    expect(sourceParts('later:abc')).toBeNull()
  })
})

describe('a document', () => {
  it('is named by the CID and the SHA-256 of its bytes', async () => {
    const hashed = await hashDocument(new File(['hello world'], 'plan.pdf'))
    expect(hashed).toEqual({
      name: 'plan.pdf',
      // as `ipfs add --cid-version 1 --raw-leaves` names the same bytes
      sourceId: 'doc:bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
      sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
    })
  })
})
