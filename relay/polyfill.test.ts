import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

// in a process of its own, where nothing else has filled the gaps
const SCRIPT = `
  await import('./relay/polyfill.ts')
  const { promise, resolve } = Promise.withResolvers()
  resolve(7)
  const failing = Promise.withResolvers()
  failing.reject(new Error('no'))
  console.log(JSON.stringify({
    value: await promise,
    reason: await failing.promise.catch((error) => error.message),
    rest: [...new Set([1, 2, 3]).difference(new Set([2]))],
    mapRest: [...new Set([1, 2, 3]).difference(new Map([[3, 0]]))],
    webSocket: typeof WebSocket,
    hidden: Object.keys(Promise).length + Object.keys(Set.prototype).length,
  }))
`

describe('the polyfills', () => {
  it('provide what libp2p uses and Node 20 lacks', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', SCRIPT])
    expect(JSON.parse(stdout)).toEqual({
      value: 7,
      reason: 'no',
      rest: [1, 3],
      mapRest: [1, 2],
      webSocket: 'function',
      hidden: 0,
    })
  }, 30_000)
})
