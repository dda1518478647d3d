import { MESH_LIMIT_BYTES, SHELL_LIMIT_BYTES, shellFiles } from '../scripts/lib/shell-size.mjs'
import type { BenchReport } from './report.ts'
import { APP } from './support/browser.ts'

const KIB = 1024
const WHY = ['page', 'node worker', 'service worker', 'mesh'] as const

/** What a first visit loads, gzipped; the build fails above the limits, this says how much is left. */
export async function run(): Promise<BenchReport> {
  const files = shellFiles(APP)
  const sizeOf = (chosen: typeof files): number => chosen.reduce((sum, { gzip }) => sum + gzip, 0) / KIB
  return {
    title: 'App shell, gzipped, before models and optional parts',
    notes: files.slice(0, 8).map(({ file, gzip, why }) => `  ${(gzip / KIB).toFixed(1).padStart(6)} KiB  ${file} (${why})`),
    measurements: [
      {
        name: 'first screen',
        unit: 'KiB',
        better: 'lower',
        ours: sizeOf(files.filter(({ why }) => why !== 'mesh')),
        aim: SHELL_LIMIT_BYTES / KIB,
      },
      { name: 'with the mesh', unit: 'KiB', better: 'lower', ours: sizeOf(files), aim: MESH_LIMIT_BYTES / KIB },
      ...WHY.map((reason) => ({
        name: reason,
        unit: 'KiB',
        better: 'lower' as const,
        ours: sizeOf(files.filter(({ why }) => why === reason)),
      })),
    ],
  }
}
