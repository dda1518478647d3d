import { join } from 'node:path'
import { defineConfig } from 'vite'
import { appConfig } from '../../vite.config.ts'
import { loadFaults } from './load.mjs'

// npm run build:faulty: the app with every fault inside, each behind its switch

const root = join(import.meta.dirname, '../..')
const { faults, withFaults, everyFaultMet } = await loadFaults()
const met = new Set<string>()

export default defineConfig(
  appConfig({
    directory: join(root, 'dist/faulty'),
    plugins: [withFaults(root, faults, met), everyFaultMet(faults, met)],
    workerPlugins: () => [withFaults(root, faults, met)],
  }),
)
