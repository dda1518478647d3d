import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import '../../workers/testing/node-20.ts'
import { ortInNode } from '../../workers/compute/testing/ort-node.ts'
import { FOUND_MODULES } from '../../workers/found-modules.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { inferenceInMemory } from '../../workers/modules/distributed-inference/testing/in-memory.ts'
import { createSandbox } from '../../workers/modules/protocol/sandbox.ts'

/** Files of the model that comes with the app, by their paths below its folder. */
function filesBelow(folder: string): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile()
      ? [
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .replaceAll('\\', '/'),
        ]
      : [],
  )
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]))
}

/**
 * The loopback target of `npm run conformance` in Node: the app's own node in memory, with its functions for the vectors and the model
 * that comes with it. @param root of the repository
 */
export const openHost = (root = process.cwd()) => {
  const appModel = filesBelow(join(root, 'public/models', DISTRIBUTED_LLM_DEMONSTRATION_MODEL))
  const backend = ortInNode()
  const others = FOUND_MODULES.filter((module) => module.contract.id !== contract.id)
  return createSandbox(createRealRuntime(), () => [
    ...others,
    inferenceInMemory({ contract, appModel, open: async (kind) => (kind === 'wasm' ? backend : null) }),
  ])
}
