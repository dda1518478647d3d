import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transformWithOxc } from 'vite'
import { describe, expect, it } from 'vitest'
import { FAULTS as faults } from './all.ts'
import type { Fault } from './fault.ts'
import { filesOf, MisplacedFault, rewritten } from './rewrite.ts'

const root = join(import.meta.dirname, '../..')

const fault = (change: Partial<Fault>): Fault => ({
  name: 'a/b',
  rule: 'ENC-1',
  file: 'x.ts',
  original: 'one',
  faulty: 'two',
  why: 'x',
  ...change,
})

describe('the faults', () => {
  it('are at least 80, each with a name of its own, a rule and a reason', () => {
    expect(faults.length).toBeGreaterThanOrEqual(80)
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length)
    for (const { name, rule, why } of faults) {
      expect(name).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(rule, name).toMatch(/^[A-Z]+-\d+(\.\d+)?$/)
      expect(why.length, name).toBeGreaterThan(10)
    }
  })

  it.each([...filesOf(faults)])('of %s are found exactly once and leave a module that can be read', async (file) => {
    const text = rewritten(file, await readFile(join(root, file), 'utf8'), faults)
    for (const { name } of faults.filter((one) => one.file === file)) expect(text, name).toContain(JSON.stringify(name))
    await expect(transformWithOxc(text, file)).resolves.toMatchObject({ code: expect.stringContaining('__hearthnetFault') })
  })
})

describe('a place of a fault', () => {
  it('must be there, and only once', () => {
    expect(() => rewritten('x.ts', 'const a = three', [fault({})])).toThrow(MisplacedFault)
    expect(() => rewritten('x.ts', 'const a = one + one', [fault({})])).toThrow(MisplacedFault)
    expect(rewritten('x.ts', 'const a = one + one', [fault({ at: 'a = one' })])).toContain('? (two) : (one)) + one')
  })

  it('may be shared, and may lie inside another', () => {
    const both = rewritten('x.ts', 'f(one)', [fault({}), fault({ name: 'a/c', faulty: 'three' })])
    expect(both).toContain('f((__hearthnetFault("a/b") ? (two) : __hearthnetFault("a/c") ? (three) : (one)))')
    const inside = rewritten('x.ts', 'f(one)', [fault({}), fault({ name: 'a/c', original: 'f(one)', faulty: 'three' })])
    expect(inside).toContain('(__hearthnetFault("a/c") ? (three) : (f((__hearthnetFault("a/b") ? (two) : (one)))))')
  })

  it('must not reach into another', () => {
    const [left, right] = [fault({ original: 'one + t' }), fault({ name: 'a/c', original: '+ two' })]
    expect(() => rewritten('x.ts', 'one + two', [left, right])).toThrow(MisplacedFault)
  })
})
