// @ts-check
import { readFileSync } from 'node:fs'

/**
 * Parts of libraries that no node of ours can reach, and that a bundler must keep because it cannot know that. Each is
 * replaced by one that says so if it is ever reached. What each one weighs: docs/decisions/0007.
 * @type {readonly { readonly file: string, readonly lean: (source: string) => string }[]}
 */
const UNREACHED = [
  {
    // libp2p asks this curve about keys of its own kind only; ours are Ed25519 (ID-1), and another key is refused as unreadable
    file: '@noble/curves/secp256k1.js',
    lean: () => `${refuse('secp256k1 keys are not used here')}
      export const secp256k1 = { getPublicKey: refuse, sign: refuse, verify: refuse, Point: { fromBytes: refuse }, utils: { randomSecretKey: refuse } }`,
  },
  {
    // would ask Google and Cloudflare about any `/dnsaddr/…` that a peer names; nobody outside is asked anything (section 6)
    file: 'libp2p/dist/src/connection-manager/resolvers/dnsaddr.js',
    lean: () => `${refuse('/dnsaddr is not used here')}
      export const dnsaddrResolver = { canResolve: () => false, resolve: refuse }`,
  },
  {
    // bytes written as pictures
    file: 'multiformats/dist/src/bases/base256emoji.js',
    lean: () => 'export {}',
  },
  {
    // counters for a Prometheus server; the names of reasons above them stay
    file: '@libp2p/gossipsub/dist/src/metrics.js',
    lean: (source) => {
      const at = source.indexOf('export function getMetrics(')
      if (at < 0) throw new Error('gossipsub has changed: getMetrics is not where it was')
      return `${source.slice(0, at)}${refuse('gossipsub is not measured here')}export const getMetrics = refuse`
    },
  },
]

/** @param {string} why */
const refuse = (why) => `const refuse = () => { throw new TypeError(${JSON.stringify(why)}) };\n`

/**
 * Builds without `UNREACHED`. The whole build fails when one of them is not met: then a library has moved it, and the app
 * would quietly grow back. A worker without a mesh has none of them and nothing to lose.
 * @returns {import('vite').Plugin}
 */
export const withoutUnreached = () => {
  /** @type {Set<string>} */
  const met = new Set()
  let meshed = false
  return {
    name: 'hearthnet:without-unreached',
    apply: 'build',
    enforce: 'pre',
    load: {
      filter: { id: /\/node_modules\// },
      handler(id) {
        meshed ||= id.includes('/node_modules/libp2p/')
        const found = UNREACHED.find(({ file }) => id.endsWith(`/node_modules/${file}`))
        if (!found) return null
        met.add(found.file)
        return { code: found.lean(readFileSync(id, 'utf8')), map: null }
      },
    },
    buildEnd(error) {
      const missing = UNREACHED.filter(({ file }) => !met.has(file)).map(({ file }) => file)
      if (!error && meshed && missing.length > 0)
        this.error(`Not met in this build, so not left out of it: ${missing.join(', ')}`)
    },
  }
}
