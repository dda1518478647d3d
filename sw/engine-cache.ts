const CACHE = 'engine'
/** Files of ONNX Runtime as the build names them: too large to be fetched by everybody, kept once somebody needed them. */
const ENGINE_FILE = /^\/assets\/(?:.*\/)?ort-wasm-[\w.-]+\.(?:wasm|mjs)$/

export const isEngineFile = (path: string): boolean => ENGINE_FILE.test(path)

/** `ort-wasm-simd.jspi-a1B2c3D4.wasm` and its successor of the next build have this in common. */
const stemOf = (path: string): string => path.replace(/-[\w-]{8}(\.\w+)$/, '$1')

/** The engine's files: from the cache, or from the box and then into the cache, in place of those of an older build. */
export const createEngineCache = (storage: CacheStorage, ask: typeof fetch) => ({
  async respond(request: Request): Promise<Response> {
    const cache = await storage.open(CACHE)
    const kept = await cache.match(request.url)
    if (kept) return kept
    const answer = await ask(request)
    if (answer.status !== 200) return answer
    const path = new URL(request.url).pathname
    for (const older of await cache.keys()) if (stemOf(new URL(older.url).pathname) === stemOf(path)) await cache.delete(older)
    // a full disk is no reason to withhold what was just fetched
    await cache.put(request.url, answer.clone()).catch(() => undefined)
    return answer
  },
})
