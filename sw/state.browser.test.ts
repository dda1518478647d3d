import { afterEach, describe, expect, it } from 'vitest'
import { isolate } from './isolation.ts'
import { type BuildState, createBuildStore, EMPTY_HISTORY, withActivated, withInstalled } from './state.ts'

const NAME = 'hearthnet-sw-test'
const build: BuildState = { version: '3.0.0', build: '0123456789ab', installedAt: '2026-05-26T08:14:22Z' }

afterEach(() => {
  indexedDB.deleteDatabase(NAME)
})

describe('In a real browser, the service worker', () => {
  it('keeps its history in IndexedDB, where two of them meet during an update', async () => {
    const [first, second] = [createBuildStore(NAME), createBuildStore(NAME)]
    expect(await first.read()).toEqual(EMPTY_HISTORY)
    await first.update((history) => withInstalled(history, build))
    await second.update((history) => withActivated(history, build.build))
    expect(await first.read()).toEqual({ active: build, previous: null, waiting: null })
  })

  it('isolates a fetched response, whose body can be read only once', async () => {
    const response = isolate(await fetch('data:text/html,hearth'))
    expect(response.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp')
    expect(await response.text()).toBe('hearth')
  })
})
