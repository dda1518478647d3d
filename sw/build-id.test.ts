import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildId } from './build-id.ts'

const entry = fc.record({ url: fc.webPath(), revision: fc.option(fc.string({ minLength: 1 }), { nil: null }) })

describe('buildId', () => {
  it('is the same whatever order the files are listed in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry), async (entries) => {
        expect(await buildId(entries.toReversed())).toBe(await buildId(entries))
      }),
    )
  })

  it('changes with the content of one file', async () => {
    const before = await buildId([{ url: 'index.html', revision: 'a' }])
    expect(await buildId([{ url: 'index.html', revision: 'b' }])).not.toBe(before)
    expect(before).toMatch(/^[0-9a-f]{12}$/)
  })
})
