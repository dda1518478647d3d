import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROTOCOL_VERSION } from '../core/version.ts'
import { compareVersions, negotiate, parseVersion, requireCommonVersion } from './version.ts'

const version = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom('', '', '-experimental', '-rc1', '-rc.2', '-1'),
  )
  .map(([major, minor, patch, suffix]) => `${major}.${minor}.${patch}${suffix}`)

describe('versions', () => {
  it('reads what semver writes and nothing else (PRO-1)', () => {
    expect(parseVersion('3.0.0-experimental')).toEqual({ major: 3, minor: 0, patch: 0, suffix: 'experimental' })
    expect(parseVersion(PROTOCOL_VERSION).major).toBe(3)
    const wrong = [
      '',
      '3',
      '3.0',
      'v3.0.0',
      '3.0.0-',
      '03.0.0',
      '3.0.0+build',
      '3.0.0 ',
      '3.0.0-a..b',
      '-1.0.0',
      '99999.0.0',
      '3.0.0\n',
    ]
    for (const text of [...wrong, `3.0.0-${'a'.repeat(60)}`]) {
      expect(() => parseVersion(text), text).toThrow(expect.objectContaining({ code: 'protocol_version_unknown' }))
    }
  })

  it('orders as semver does, a suffix before the version without one (PRO-2)', () => {
    const order = ['3.0.0-1', '3.0.0-experimental', '3.0.0-rc.1', '3.0.0-rc.2', '3.0.0', '3.0.1', '3.1.0', '10.0.0']
    for (const [at, text] of order.entries()) {
      for (const later of order.slice(at + 1)) {
        expect(compareVersions(parseVersion(text), parseVersion(later)), `${text} ${later}`).toBeLessThan(0)
        expect(compareVersions(parseVersion(later), parseVersion(text)), `${later} ${text}`).toBeGreaterThan(0)
      }
    }
  })
})

describe('negotiation', () => {
  it('takes the highest major both name, and in it the older of the newest (PRO-3)', () => {
    expect(negotiate(['3.0.0'], ['3.0.0'])).toBe('3.0.0')
    expect(negotiate(['3.0.0-experimental', '2.4.0'], ['2.1.0', '3.2.0'])).toBe('3.0.0-experimental')
    expect(negotiate(['2.0.0', '3.5.0'], ['2.9.0'])).toBe('2.0.0')
    expect(negotiate(['3.1.0', '3.0.0'], ['3.0.5'])).toBe('3.0.5')
  })

  it('finds nothing where no major is shared, and nothing in what nobody can read (PRO-3, PRO-9)', () => {
    expect(negotiate(['3.0.0'], ['99.0.0'])).toBeNull()
    expect(negotiate(['3.0.0'], [])).toBeNull()
    expect(negotiate([], [])).toBeNull()
    expect(negotiate(['3.0.0'], ['3', 'three', '3.0.0.0'])).toBeNull()
    expect(() => requireCommonVersion(['3.0.0'], ['2.0.0'])).toThrow(
      expect.objectContaining({ code: 'protocol_unsupported_capability', data: { ours: ['3.0.0'], theirs: ['2.0.0'] } }),
    )
  })

  it('gives both sides the same answer, one of them names it, and never across majors', () => {
    fc.assert(
      fc.property(fc.array(version, { maxLength: 6 }), fc.array(version, { maxLength: 6 }), (ours, theirs) => {
        const found = negotiate(ours, theirs)
        const other = negotiate(theirs, ours)
        if (found === null) expect(other).toBeNull()
        else {
          expect(compareVersions(parseVersion(found), parseVersion(other ?? ''))).toBe(0)
          const { major } = parseVersion(found)
          for (const side of [ours, theirs]) expect(side.some((text) => parseVersion(text).major === major)).toBe(true)
        }
      }),
    )
  })
})
