import { describe, expect, it } from 'vitest'
import { readImport } from './import-file.ts'

describe('a file to read in', () => {
  it('is known by the end of its name, whatever the case', async () => {
    expect(await readImport(new File(['{}'], 'nachweis.JSON'))).toEqual({ format: 'proof', text: '{}' })
    expect(await readImport(new File(['{}'], 'a.b.jsonld'))).toEqual({ format: 'jsonld', text: '{}' })
    expect(await readImport(new File(['<a>'], 'x.trig'))).toEqual({ format: 'trig', text: '<a>' })
  })

  it('is refused before it is sent when it is of another kind or too large', async () => {
    expect(await readImport(new File(['x'], 'plan.pdf'))).toBe('unknown_format')
    expect(await readImport(new File(['x'.repeat(2 * 1024 * 1024 + 1)], 'a.json'))).toBe('too_large')
  })
})
