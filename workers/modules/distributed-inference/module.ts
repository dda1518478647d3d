import { createComputeClient } from '../../compute/client.ts'
import { inferenceOn } from './inference.ts'
import { browserModels } from './models/browser-models.ts'

const GIB = 1024 ** 3

/** What the browser says of the device, in steps of powers of two; null where it says nothing. */
function memoryBytes(): number | null {
  const gib: unknown = Reflect.get(navigator, 'deviceMemory')
  return typeof gib === 'number' ? gib * GIB : null
}

export const workerModule = inferenceOn((runtime) => ({
  ...browserModels(runtime),
  compute: createComputeClient(runtime),
  memoryBytes: memoryBytes(),
}))
