import { selfDescribe, versionList } from '#protocol/protocol/capabilities.ts'
import type { StopModule } from '../../kernel/modules.ts'
import { describeSelf, PROTOCOL_VERSIONS } from './descriptor.ts'
import { type RegistryDeps, serveRegistry } from './registry.ts'
import { serveReports } from './report.ts'

/** `protocol.*` (M32): puts the parts together. */
export async function serveProtocol(deps: RegistryDeps): Promise<StopModule> {
  const { bus } = deps
  const reports = await serveReports(deps)
  const withdraw = [
    ...reports.withdraw,
    ...(await serveRegistry(deps)),
    bus.handle(versionList, async () => ({ versions: [...PROTOCOL_VERSIONS], suite_versions_passed: reports.passed() })),
    bus.handle(selfDescribe, () => describeSelf(deps, 'all')),
  ]
  return () => {
    for (const stop of withdraw) stop()
  }
}
