// @ts-check
import { join } from 'node:path'
import { build } from 'vite'
import { injectManifest } from 'workbox-build'

/** Above this a file is a model or a map and is fetched when it is wanted; a file that is neither must not pass unseen. */
const LARGEST_PRECACHED_BYTES = 4 * 1024 * 1024

/**
 * Builds sw/sw.ts into one classic script beside the app, with the list of all files that make the app work offline. A file
 * is known by the hash of its content: in its name (assets/), or beside it.
 * @param {{ readonly root: string, readonly directory: string, readonly define: Record<string, string>, readonly target: string[] }} options
 * @returns {import('vite').Plugin}
 */
export const serviceWorker = ({ root, directory, define, target }) => ({
  name: 'hearthnet:service-worker',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler() {
      const compiled = join(root, 'dist/sw')
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        publicDir: false,
        define: { ...define, 'process.env.NODE_ENV': '"production"' },
        build: {
          outDir: compiled,
          emptyOutDir: true,
          target,
          rolldownOptions: { input: join(root, 'sw/sw.ts'), output: { format: 'iife', entryFileNames: 'sw.js' } },
        },
      })
      const { count, size, warnings } = await injectManifest({
        swSrc: join(compiled, 'sw.js'),
        swDest: join(directory, 'sw.js'),
        globDirectory: directory,
        globPatterns: ['**/*.{html,js,css,svg,png,ico,webmanifest,woff2,wasm}'],
        // the engine for models is kept when somebody first computes (sw/engine-cache.ts)
        globIgnores: ['sw.js', 'models/**', '**/ort-wasm-*.wasm'],
        dontCacheBustURLsMatching: /^assets\//,
        maximumFileSizeToCacheInBytes: LARGEST_PRECACHED_BYTES,
      })
      if (warnings.length > 0) this.error(`The app would not be whole offline: ${warnings.join('; ')}`)
      process.stdout.write(`\nservice worker: ${count} files, ${(size / 1024).toFixed(0)} KiB kept for offline use\n`)
    },
  },
})
