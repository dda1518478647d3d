import * as ort from 'onnxruntime-web/wasm'
import type { Backend } from '../engine/backend.ts'
import { createOrtBackend } from '../engine/ort-backend.ts'

/** The same WebAssembly that browsers run, in Node; one thread, since Node has no workers of the browser's kind. */
export function ortInNode(): Backend {
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  return createOrtBackend(ort, 'wasm')
}
