import { testBackend } from '../testing/backend.contract.ts'
import type { Backend } from './backend.ts'
import { createOrtOpener, surroundingsOf } from './ort-library.ts'

const surroundings = surroundingsOf(globalThis)
const open = createOrtOpener(surroundings)
const opened = async (kind: 'webgpu' | 'wasm'): Promise<Backend> => {
  const backend = await open(kind)
  if (!backend) throw new Error(`this browser has no ${kind}`)
  return backend
}

testBackend({ name: 'wasm in a browser', open: () => opened('wasm'), steps: 12 })
// software takes long for each token
testBackend({ name: 'webgpu', open: (await surroundings.hasAdapter()) ? () => opened('webgpu') : null, steps: 5 })
