import { createRequire } from 'node:module'

// Files of tests share a process, and each loads the app's modules anew. The memory of this library is the process's: a second
// `init` takes it from under whoever called the first, so there is one.

type Zstd = { init: () => Promise<void> }

const ONE = Symbol.for('hearthnet.one-zstd')
// what `require` gives is the object that `import` reads its names from, and `init` on it can be written
const zstd = createRequire(import.meta.url)('@bokuweb/zstd-wasm') as Zstd
if (!(ONE in zstd)) {
  const { init } = zstd
  let once: Promise<void> | null = null
  zstd.init = () => {
    once ??= init()
    return once
  }
  Object.defineProperty(zstd, ONE, { value: true })
}
