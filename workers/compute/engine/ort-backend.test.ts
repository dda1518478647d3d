import { describe, expect, it } from 'vitest'
import { testBackend } from '../testing/backend.contract.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { createReferenceBackend } from '../testing/reference-backend.ts'
import { createOrtBackend, type OrtLibrary } from './ort-backend.ts'

testBackend({ name: 'reference', open: async () => createReferenceBackend(), steps: 12 })
testBackend({ name: 'wasm', open: async () => ortInNode(), steps: 12 })

describe('WebAssembly that traps', () => {
  /** A library whose sessions fail as they are told to. */
  function opened(failure: unknown) {
    const fail = async () => Promise.reject(failure)
    let sessions = 0
    const create = async () => {
      sessions += 1
      return sessions === 1 ? { run: fail, release: async () => undefined } : fail()
    }
    let aborted = 0
    // what of the library a run needs
    const library = { InferenceSession: { create } } as unknown as OrtLibrary
    const backend = createOrtBackend(library, 'wasm', () => {
      aborted += 1
    })
    const load = () => backend.load(new Uint8Array(), new Uint8Array(), { keep: [] })
    return { load, aborted: () => aborted }
  }

  it('is the end of its worker, whether it ran or loaded', async () => {
    const trap = new WebAssembly.RuntimeError('Aborted(). Build with -sASSERTIONS for more info.')
    const { load, aborted } = opened(trap)
    const program = await load()
    await expect(program.run(new Map())).rejects.toBe(trap)
    expect(aborted()).toBe(1)
    await expect(load()).rejects.toBe(trap)
    expect(aborted()).toBe(2)
  })

  it('is another thing than a run that fails, for instance for want of memory', async () => {
    const { load, aborted } = opened(new Error('failed to call OrtRun(). ERROR_CODE: 6, ERROR_MESSAGE: std::bad_alloc'))
    const program = await load()
    await expect(program.run(new Map())).rejects.toThrow('bad_alloc')
    expect(aborted()).toBe(0)
  })
})
