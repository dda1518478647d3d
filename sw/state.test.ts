import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { type BuildState, createBuildStore, EMPTY_HISTORY, withActivated, withInstalled } from './state.ts'

const build = (name: string): BuildState => ({ version: '3.0.0', build: name, installedAt: '2026-05-26T08:14:22Z' })

describe('The history of builds', () => {
  it('keeps an installed build waiting until it is activated', () => {
    const installed = withInstalled(EMPTY_HISTORY, build('one'))
    expect(installed).toEqual({ active: null, previous: null, waiting: build('one') })
    expect(withActivated(installed, 'one')).toEqual({ active: build('one'), previous: null, waiting: null })
  })

  it('remembers the build that was replaced', () => {
    const first = withActivated(withInstalled(EMPTY_HISTORY, build('one')), 'one')
    const second = withActivated(withInstalled(first, build('two')), 'two')
    expect(second).toEqual({ active: build('two'), previous: build('one'), waiting: null })
  })

  it('is not changed by a second activation of the same build', () => {
    const first = withActivated(withInstalled(EMPTY_HISTORY, build('one')), 'one')
    expect(withActivated(first, 'one')).toBe(first)
  })

  it('outlives the service worker, which the browser stops at will', async () => {
    const store = createBuildStore('history-outlives')
    expect(await store.read()).toEqual(EMPTY_HISTORY)
    await store.update((history) => withInstalled(history, build('one')))
    await store.update((history) => withActivated(history, 'one'))
    expect((await createBuildStore('history-outlives').read()).active).toEqual(build('one'))
  })
})
