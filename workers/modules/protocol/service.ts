import type { Static } from '@sinclair/typebox'
import { MODULES } from '#protocol/catalogue.ts'
import { type Capability, schemaHash } from '#protocol/core/capability.ts'
import type { ModuleContract } from '#protocol/core/module.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { isSwitchedOff } from '#protocol/core/switches.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { type DescribedCapabilitySchema, selfDescribe, versionList } from '#protocol/protocol/capabilities.ts'
import type { ModuleDeps, StopModule } from '../../kernel/modules.ts'

const NAME = 'HearthNet in the browser'
const VENDOR = 'HearthNet'

type Described = Static<typeof DescribedCapabilitySchema>

/** Every name of one module with its state on this node: what is planned is said to be not built. */
function namesOf(
  module: ModuleContract,
  capabilities: readonly Capability[],
  { bus, config }: Pick<ModuleDeps, 'bus' | 'config'>,
): readonly Described[] {
  const built = capabilities.map(
    (capability): Described => ({
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
    (name): Described => ({ name, module: module.id, state: 'not_built', version: null, schema_hash: null }),
  )
  return [...built, ...planned]
}

/** `protocol.version.list` and `protocol.self.describe` (M32). */
export function serveProtocol(deps: Pick<ModuleDeps, 'bus' | 'signer' | 'config'>): StopModule {
  const { bus, signer } = deps
  const withdraw = [
    bus.handle(versionList, async () => ({ versions: [PROTOCOL_VERSION], suite_versions_passed: [] })),
    bus.handle(selfDescribe, async () => {
      // every schema there is: loaded when somebody asks
      const { CAPABILITIES_OF } = await import('#protocol/capabilities.ts')
      return signRecord(signer, {
        node_id: signer.nodeId,
        name: NAME,
        vendor: VENDOR,
        version: PROTOCOL_VERSION,
        protocol_versions: [PROTOCOL_VERSION],
        homepage: '',
        contact: '',
        capabilities: MODULES.flatMap((module) => namesOf(module, CAPABILITIES_OF.get(module.id) ?? [], deps)),
      })
    }),
  ]
  return () => {
    for (const stop of withdraw) stop()
  }
}
