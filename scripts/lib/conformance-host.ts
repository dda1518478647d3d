import '../../workers/testing/node-20.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { createSandbox } from '../../workers/modules/protocol/sandbox.ts'

/** The loopback target of `npm run conformance` in Node: the app's own node in memory, with its functions for the vectors. */
export const openHost = () => createSandbox(createRealRuntime())
