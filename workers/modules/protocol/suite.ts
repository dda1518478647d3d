import { HearthError } from '#protocol/core/errors.ts'
import type { ConformanceSuite } from '#protocol/protocol/suite.ts'

// the one thing of the suite this room knows is where it would lie; without the file the app has no suite
const found = import.meta.glob<ConformanceSuite>('../../../conformance/loopback/suite.ts', { import: 'suite' })
const [load] = Object.values(found)

export const isSuiteInstalled = load !== undefined

/** Loads the suite, which is large and seldom wanted. @throws HearthError `protocol_suite_not_installed` */
export async function loadSuite(): Promise<ConformanceSuite> {
  try {
    const suite = await load?.()
    if (suite) return suite
  } catch (cause) {
    // a device that is offline and never had it
    throw new HearthError('protocol_suite_not_installed', 'the suite cannot be loaded now', { cause })
  }
  throw new HearthError('protocol_suite_not_installed', 'this app was built without the conformance suite')
}
