// @ts-check
import { MESH_LIMIT_BYTES, SHELL_LIMIT_BYTES, shellFiles } from './lib/shell-size.mjs'
import { table } from './lib/table.mjs'

/** @param {number} bytes */
const kib = (bytes) => (bytes / 1024).toFixed(1)

/**
 * Fails the build when a first visit would cost more than the limit; what counts is said at `shellFiles`.
 * @param {{ readonly directory: string }} options
 * @returns {import('vite').Plugin}
 */
export const sizeBudget = ({ directory }) => ({
  name: 'hearthnet:size-budget',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    handler() {
      const files = shellFiles(directory)
      /** @param {typeof files} some */
      const sumOf = (some) => some.reduce((sum, file) => sum + file.gzip, 0)
      const sums = [
        { what: 'app shell', limit: SHELL_LIMIT_BYTES, bytes: sumOf(files.filter(({ why }) => why !== 'mesh')) },
        { what: 'with the mesh', limit: MESH_LIMIT_BYTES, bytes: sumOf(files) },
      ]
      const rows = files.map((file) => [file.file, file.why, kib(file.bytes), kib(file.gzip)])
      const lines = sums.map(({ what, limit, bytes }) => [what, `limit ${kib(limit)}`, '', kib(bytes)])
      process.stdout.write(`\n${table(['first visit', 'for', 'KiB', 'gzip KiB'], [...rows, ...lines])}\n`)
      for (const { what, limit, bytes } of sums) {
        if (bytes > limit) this.error(`${what}: ${kib(bytes)} KiB gzipped, ${kib(bytes - limit)} KiB over its limit`)
      }
    },
  },
})
