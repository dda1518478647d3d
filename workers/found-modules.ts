import { MODULES } from '#protocol/catalogue.ts'
import type { FoundModule, WorkerModule } from './kernel/modules.ts'

const code = import.meta.glob<WorkerModule>('./modules/*/module.ts', { import: 'workerModule' })

/** Every module folder's worker half: found, not listed, and loaded when it is first switched on (house style 3). */
export const FOUND_MODULES: readonly FoundModule[] = MODULES.flatMap((contract) => {
  const load = code[`./modules/${contract.id}/module.ts`]
  return load ? [{ contract, load }] : []
})
