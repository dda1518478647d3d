import { relative } from 'node:path'
import type { Plugin } from 'vite'
import type { Fault } from './fault.ts'
import { filesOf, rewritten, SWITCH_CODE, SWITCH_MODULE } from './rewrite.ts'

const RESOLVED = `\0${SWITCH_MODULE}`

/**
 * Puts every fault into the build, each behind its switch. The build fails when the place of one is not found exactly once,
 * and when a file that has one is not part of the build. @param root of the repository
 */
export function withFaults(root: string, faults: readonly Fault[], met: Set<string> = new Set()): Plugin {
  const files = filesOf(faults)
  return {
    name: 'hearthnet:faults',
    enforce: 'pre',
    resolveId: (id) => (id === SWITCH_MODULE ? RESOLVED : null),
    load: (id) => (id === RESOLVED ? SWITCH_CODE : null),
    transform(code, id) {
      const file = relative(root, id.split('?')[0] ?? id)
      if (!files.has(file)) return null
      met.add(file)
      return { code: rewritten(file, code, faults), map: null }
    },
  }
}

/** Fails the whole build, of the page and its workers, when a file with a fault was not met in it. */
export function everyFaultMet(faults: readonly Fault[], met: ReadonlySet<string>): Plugin {
  return {
    name: 'hearthnet:every-fault-met',
    closeBundle() {
      const missing = [...filesOf(faults)].filter((file) => !met.has(file))
      if (missing.length > 0) this.error(`Not met in this build: ${missing.join(', ')}`)
    },
  }
}
