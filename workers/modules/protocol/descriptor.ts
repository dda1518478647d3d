import { MODULES } from '#protocol/catalogue.ts'
import { type Capability, schemaHash } from '#protocol/core/capability.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { ModuleContract } from '#protocol/core/module.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { isSwitchedOff } from '#protocol/core/switches.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import type { DescribedCapability, Descriptor } from '#protocol/protocol/descriptor.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'

const IMPLEMENTATION = {
  name: 'HearthNet in the browser',
  vendor: 'HearthNet',
  version: PROTOCOL_VERSION,
} as const

/** Versions this node speaks (PRO-3). */
export const PROTOCOL_VERSIONS: readonly string[] = [PROTOCOL_VERSION]

export type DescriptorDeps = Pick<ModuleDeps, 'bus' | 'signer' | 'config' | 'runtime'>

/** Every name of one module with its state on this node: what is planned is said to be not built. */
function namesOf(
  module: ModuleContract,
  capabilities: readonly Capability[],
  { bus, config }: Pick<ModuleDeps, 'bus' | 'config'>,
): readonly DescribedCapability[] {
  const built = capabilities.map(
    (capability): DescribedCapability => ({
      name: capability.name,
      module: module.id,
      state: isSwitchedOff(capability.name, config())
        ? 'disabled'
        : bus.serves(capability.name)
          ? capability.stability
          : 'not_built',
      version: capability.version,
      schema_hash: schemaHash(capability),
    }),
  )
  const planned = module.planned.capabilities.map(
    (name): DescribedCapability => ({ name, module: module.id, state: 'not_built', version: null, schema_hash: null }),
  )
  return [...built, ...planned]
}

/** What this node says of itself (PRO-5). @param which everything of the index, or only what it serves now */
export async function describeSelf(deps: DescriptorDeps, which: 'all' | 'served'): Promise<Descriptor> {
  const { signer, runtime } = deps
  // every schema there is: loaded when somebody asks
  const { CAPABILITIES_OF } = await import('#protocol/capabilities.ts')
  const all = MODULES.flatMap((module) => namesOf(module, CAPABILITIES_OF.get(module.id) ?? [], deps))
  const capabilities = which === 'all' ? all : all.filter(({ state }) => state !== 'not_built' && state !== 'disabled')
  return signRecord(signer, {
    node_id: signer.nodeId,
    ...IMPLEMENTATION,
    protocol_versions: [...PROTOCOL_VERSIONS],
    homepage: '',
    contact: '',
    capabilities,
    issued_at: wireTime(runtime.now()),
  })
}
