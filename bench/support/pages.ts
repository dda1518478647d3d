import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'vite'

const PAGES = 'bench/pages'

export interface BenchPage {
  /** Folder to serve. */
  readonly web: string
  /** Puts a file beside the page. */
  write(name: string, content: string | Uint8Array): Promise<void>
  /** Builds the same page once more below `name`, with what `change` makes of its modules. */
  variant(name: string, change: Change): Promise<void>
  remove(): Promise<void>
}

/** A module's code changed, or null where it stays. */
type Change = (code: string, file: string) => string | null

/** Bundles a page of the measurements, by default the one that runs parts of the kernel, minified as the app is. */
export async function buildPage(folder = PAGES): Promise<BenchPage> {
  const web = await mkdtemp(join(tmpdir(), 'hearthnet-bench-page-'))
  await bundle(folder, web, '/', () => null)
  return {
    web,
    async write(name, content) {
      const file = join(web, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    },
    variant: (name, change) => bundle(folder, join(web, name), `/${name}/`, change),
    remove: () => rm(web, { recursive: true, force: true }),
  }
}

async function bundle(folder: string, outDir: string, base: string, change: Change): Promise<void> {
  const plugins = () => [{ name: 'bench-variant', transform: change }]
  await build({
    configFile: false,
    root: resolve(folder),
    base,
    logLevel: 'error',
    plugins: plugins(),
    worker: { format: 'es', plugins },
    define: { __APP_VERSION__: JSON.stringify('bench') },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome130',
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4096,
    },
  })
}
