import { describe, expect, it } from 'vitest'
import { createEngineCache, isEngineFile } from './engine-cache.ts'

/** The part of a browser's caches that is used here. */
function createStorage() {
  const kept = new Map<string, Response>()
  const cache = {
    match: async (url: string) => kept.get(url)?.clone(),
    put: async (url: string, response: Response) => void kept.set(url, response),
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
    delete: async ({ url }: Request) => kept.delete(url),
  }
  const storage = { open: async () => cache } as unknown as CacheStorage // nothing else of it is asked for
  return { storage, kept }
}

const OLD = 'https://box.test/assets/ort-wasm-simd-threaded.jspi-aB3dE6gH.wasm'
const NEW = 'https://box.test/assets/ort-wasm-simd-threaded.jspi-zY2xW1vU.wasm'
const SCRIPT = 'https://box.test/assets/ort-wasm-simd-threaded.jspi-aB3dE6gH.mjs'

describe('the engine offline', () => {
  it('is fetched once and kept, and an older build of it is let go', async () => {
    const { storage, kept } = createStorage()
    const asked: string[] = []
    const cache = createEngineCache(storage, async (input) => {
      asked.push(new Request(input).url)
      return new Response('engine')
    })
    for (const url of [OLD, OLD, SCRIPT]) expect(await (await cache.respond(new Request(url))).text()).toBe('engine')
    expect(asked).toEqual([OLD, SCRIPT])
    await cache.respond(new Request(NEW))
    expect([...kept.keys()]).toEqual([SCRIPT, NEW])
  })

  it('is not kept where the box says that it has none', async () => {
    const { storage, kept } = createStorage()
    const cache = createEngineCache(storage, async () => new Response('', { status: 404 }))
    expect((await cache.respond(new Request(OLD))).status).toBe(404)
    expect(kept.size).toBe(0)
  })

  it.each([
    ['/assets/ort-wasm-simd-threaded.jspi-aB3dE6gH.wasm', true],
    ['/assets/workers/ort-wasm-simd-threaded-aB3dE6gH.mjs', true],
    ['/assets/index-aB3dE6gH.js', false],
    ['/models/ort-wasm-x.wasm', false],
    ['/assets/ort-wasm-x.wasm.html', false],
  ])('%s', (path, is) => {
    expect(isEngineFile(path)).toBe(is)
  })
})
