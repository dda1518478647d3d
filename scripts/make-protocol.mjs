// node scripts/make-protocol.mjs: fills the examples in protocol/, writes protocol/generated. A test says when it is due.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createServer } from 'vite'

const root = join(import.meta.dirname, '..')
const protocol = join(root, 'protocol')
// the contracts are found by the bundler's glob, so the bundler loads what reads them
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
})
const { protocolFiles } = await server.ssrLoadModule('/scripts/lib/protocol/files.ts')
const files = await protocolFiles(protocol)
await server.close()

await rm(join(protocol, 'generated'), { recursive: true, force: true })
for (const [path, text] of files) {
  await mkdir(dirname(join(protocol, path)), { recursive: true })
  await writeFile(join(protocol, path), text)
}
console.log(`${files.size} files`)
