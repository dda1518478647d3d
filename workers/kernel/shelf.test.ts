import { describe, expect, it } from 'vitest'
import * as Type from '#protocol/core/type.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { createShelf } from './shelf.ts'

const Words = Type.Array(Type.String())

describe('a drawer of the shelf', () => {
  it('loses neither of two changes that are made at once to what was there', async () => {
    const store = createMemoryStore()
    const drawer = await createShelf(store).open('test.words', Words, [])
    const add = (word: string) => drawer.set([...drawer.get(), word])
    await Promise.all([add('one'), add('two'), add('three')])
    expect(drawer.get()).toEqual(['one', 'two', 'three'])
    expect((await createShelf(store).open('test.words', Words, [])).get()).toEqual(['one', 'two', 'three'])
  })

  it('has what it had when the device is full, however often it was tried', async () => {
    const store = createMemoryStore()
    const drawer = await createShelf(store).open('test.words', Words, [])
    await drawer.set(['kept'])
    store.setFull(true)
    const tried = await Promise.allSettled([drawer.set(['lost']), drawer.set(['lost', 'too'])])
    expect(tried.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(drawer.get()).toEqual(['kept'])
  })

  it('counts as empty what is stored and has another shape now', async () => {
    const store = createMemoryStore()
    await (await createShelf(store).open('test.words', Words, [])).set(['old'])
    expect((await createShelf(store).open('test.words', Type.Number(), 0)).get()).toBe(0)
  })
})
