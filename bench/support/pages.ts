import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const PAGES = 'bench/pages'

export interface BenchPage {
  /** Folder to serve. */
  readonly web: string
  /** Puts a file beside the page. */
  write(name: string, content: string): Promise<void>
  remove(): Promise<void>
}

/** Bundles a page of the measurements, by default the one that runs parts of the kernel, minified as the app is. */
export async function buildPage(folder = PAGES): Promise<BenchPage> {
  const web = await mkdtemp(join(tmpdir(), 'hearthnet-bench-page-'))
  await build({
    configFile: false,
    root: resolve(folder),
    logLevel: 'error',
    worker: { format: 'es' },
    define: { __APP_VERSION__: JSON.stringify('bench') },
    build: {
      outDir: web,
      emptyOutDir: true,
      target: 'chrome130',
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4096,
    },
  })
  return {
    web,
    write: (name, content) => writeFile(join(web, name), content),
    remove: () => rm(web, { recursive: true, force: true }),
  }
}
