import { describe, expect, it } from 'vitest'
import { formatOf, problemOf } from './document.ts'

describe('a text that somebody brings', () => {
  it('is CAP or NINA by how it begins', () => {
    expect(formatOf('<?xml version="1.0"?>\n<alert/>')).toBe('cap')
    expect(formatOf('\ufeff  <cap:alert xmlns:cap="x">')).toBe('cap')
    expect(formatOf('\n{"identifier":"x"}')).toBe('nina')
    expect(formatOf('[{}]')).toBe('nina')
    expect(formatOf('Achtung, Hochwasser')).toBeNull()
    expect(formatOf('<html><body>')).toBeNull()
  })

  it('is told what is wrong with it before the node is asked', () => {
    expect(problemOf('  ')).toBe('empty')
    expect(problemOf('hello')).toBe('unknown')
    expect(problemOf(`{${' '.repeat(600_000)}`)).toBe('too_large')
    expect(problemOf('{}')).toBeNull()
  })
})
