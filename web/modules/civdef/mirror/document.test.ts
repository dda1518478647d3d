import { describe, expect, it } from 'vitest'
import { formatOf, isForwarded, problemOf } from './document.ts'

describe('a text that somebody brings', () => {
  it('is CAP, NINA or an alert of another community by how it begins', () => {
    expect(formatOf('<?xml version="1.0"?>\n<alert/>')).toBe('cap')
    expect(formatOf('\ufeff  <cap:alert xmlns:cap="x">')).toBe('cap')
    expect(formatOf('\n{"identifier":"x"}')).toBe('nina')
    expect(formatOf('[{}]')).toBe('nina')
    expect(isForwarded('\nHN1:F:MFRGG')).toBe(true)
    expect(isForwarded('HN1:C:MFRGG')).toBe(false)
    expect(formatOf('Achtung, Hochwasser')).toBeNull()
    expect(formatOf('<html><body>')).toBeNull()
  })

  it('is told what is wrong with it before the node is asked', () => {
    expect(problemOf('  ')).toBe('empty')
    expect(problemOf('hello')).toBe('unknown')
    expect(problemOf(`{${' '.repeat(600_000)}`)).toBe('too_large')
    expect(problemOf('{}')).toBeNull()
    expect(problemOf('HN1:F:MFRGG')).toBeNull()
  })
})
