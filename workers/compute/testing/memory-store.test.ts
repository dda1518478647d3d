import { createMemoryModelStore } from './memory-store.ts'
import { describeModelStore } from './model-store.contract.ts'

const store = createMemoryModelStore()
describeModelStore('in memory', async () => store)
