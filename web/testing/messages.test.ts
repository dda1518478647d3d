import { describe, expect, it } from 'vitest'

type Tree = { readonly [key: string]: unknown }
interface Pair {
  readonly path: string
  readonly de: string
  readonly en: string
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null
const isFunction = (value: unknown): value is (...args: string[]) => unknown => typeof value === 'function'

/** What a message says; a function is asked with marks for its arguments. */
function said(leaf: unknown): string {
  if (typeof leaf === 'string') return leaf
  if (!isFunction(leaf)) throw new TypeError('a message is a text or a function')
  return String(leaf(...Array.from({ length: leaf.length }, (_, at) => `‹${at}›`)))
}

function pairs(de: unknown, en: unknown, path: string): readonly Pair[] {
  if (!isTree(de) || !isTree(en)) return [{ path, de: said(de), en: said(en) }]
  const keys = new Set([...Object.keys(de), ...Object.keys(en)])
  return [...keys].flatMap((key) => pairs(de[key], en[key], `${path}.${key}`))
}

const found = import.meta.glob<{ readonly de: unknown; readonly en: unknown }>('../**/messages.ts', {
  eager: true,
  import: 'messages',
})
const all = Object.entries(found).flatMap(([file, { de, en }]) => pairs(de, en, file))
const marks = (text: string): readonly string[] => [...new Set(text.match(/‹\d›|#/g) ?? [])].sort()
/** Longer than any name or loan word that both languages share. */
const LONG = 24

describe('the texts of every screen', () => {
  it('are found', () => {
    expect(Object.keys(found).length).toBeGreaterThanOrEqual(4)
    expect(all.length).toBeGreaterThan(200)
  })

  it('are never empty in either language', () => {
    expect(all.filter(({ de, en }) => de.trim() === '' || en.trim() === '').map(({ path }) => path)).toEqual([])
  })

  it('are not left in one language by mistake', () => {
    const words = /\p{L}{3,}.*\s\p{L}{3,}/u
    expect(
      all.filter(({ de, en }) => de === en && de.length > LONG && words.test(de)).map(({ path, de }) => `${path}: ${de}`),
    ).toEqual([])
  })

  it('name the same arguments in both languages', () => {
    expect(all.filter(({ de, en }) => String(marks(de)) !== String(marks(en))).map(({ path }) => path)).toEqual([])
  })

  it('use no straight quotes, no three dots and no stray spaces', () => {
    const careless = /["']|\.\.\.|^\s|\s$| {2}/u
    const bad = all.flatMap(({ path, de, en }) =>
      [de, en].filter((text) => careless.test(text)).map((text) => `${path}: ${text}`),
    )
    expect(bad).toEqual([])
  })
})
