import { describe, expect, it } from 'vitest'
import { buildFor, threadsFor } from './ort-library.ts'

describe('the build of the engine', () => {
  it('is the smallest that this browser can use', () => {
    expect(buildFor(true, true)).toBe('jspi')
    expect(buildFor(true, false)).toBe('asyncify')
    expect(buildFor(false, true)).toBe('plain')
    expect(buildFor(false, false)).toBe('plain')
  })

  it('has threads only where memory can be shared, and leaves half of the cores to the rest', () => {
    expect(threadsFor({ isolated: false, cores: 16 })).toBe(1)
    expect(threadsFor({ isolated: true, cores: 16 })).toBe(4)
    expect(threadsFor({ isolated: true, cores: 4 })).toBe(2)
    expect(threadsFor({ isolated: true, cores: 1 })).toBe(1)
  })
})
