import { testBackend } from '../testing/backend.contract.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { createReferenceBackend } from '../testing/reference-backend.ts'

testBackend({ name: 'reference', open: async () => createReferenceBackend(), steps: 12 })
testBackend({ name: 'wasm', open: async () => ortInNode(), steps: 12 })
