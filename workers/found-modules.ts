import type { WorkerModule } from './kernel/modules.ts'

/** Every module folder's worker half: a module is found, not listed (house style 3). */
export const FOUND_MODULES: readonly WorkerModule[] = Object.values(
  import.meta.glob<WorkerModule>('./modules/*/module.ts', { eager: true, import: 'workerModule' }),
)
