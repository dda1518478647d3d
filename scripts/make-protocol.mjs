// node scripts/make-protocol.mjs: fills the examples in protocol/, writes protocol/generated. A test says when it is due.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runnerImport } from 'vite'

const root = join(import.meta.dirname, '..')
const protocol = join(root, 'protocol')
const { module } = await runnerImport(join(root, 'scripts/lib/protocol/files.ts'), {
  root,
  configFile: false,
  logLevel: 'error',
})
const files = await module.protocolFiles(protocol)

await rm(join(protocol, 'generated'), { recursive: true, force: true })
for (const [path, text] of files) {
  await mkdir(dirname(join(protocol, path)), { recursive: true })
  await writeFile(join(protocol, path), text)
}
console.log(`${files.size} files`)
