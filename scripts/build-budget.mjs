// @ts-check
import { SHELL_LIMIT_BYTES, shellFiles } from './lib/shell-size.mjs'
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
      const total = files.reduce((sum, file) => sum + file.gzip, 0)
      const rows = files.map((file) => [file.file, file.why, kib(file.bytes), kib(file.gzip)])
      const sum = ['first visit', `limit ${kib(SHELL_LIMIT_BYTES)}`, '', kib(total)]
      process.stdout.write(`\n${table(['app shell', 'for', 'KiB', 'gzip KiB'], [...rows, sum])}\n`)
      if (total > SHELL_LIMIT_BYTES) {
        this.error(`The app shell is ${kib(total)} KiB gzipped, ${kib(total - SHELL_LIMIT_BYTES)} KiB over its limit`)
      }
    },
  },
})
