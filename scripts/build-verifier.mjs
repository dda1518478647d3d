// @ts-check
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

/** @param {string} text */
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/**
 * The page that checks an exported audit log, as one file: its policy in it lets run this one script and nothing else, from
 * anywhere, to nowhere.
 * @param {{ readonly root: string, readonly target: string[] }} options
 * @returns {Promise<string>}
 */
export async function verifierPage({ root, target }) {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target,
      rolldownOptions: {
        input: join(root, 'scripts/verify-audit-page.ts'),
        output: { format: 'iife', entryFileNames: 'page.js' },
      },
    },
  })
  const [first] = Array.isArray(built) ? built : [built]
  const script = first && 'output' in first ? first.output.find((file) => file.type === 'chunk') : undefined
  if (script?.type !== 'chunk') throw new Error('the verifier was not built')
  // a script ends where the page says so, also within a text
  const code = script.code.trim().replaceAll('</script', '<\\/script')
  const template = await readFile(join(root, 'scripts/verify-audit.html'), 'utf8')
  const style = /<style>([\s\S]*?)<\/style>/.exec(template)?.[1] ?? ''
  // by functions: what is put in has dollar signs
  return template
    .replace('%SCRIPT%', () => hashOf(code))
    .replace('%STYLE%', () => hashOf(style))
    .replace(/<script>\s*\/\* %CODE% \*\/\s*<\/script>/, () => `<script>${code}</script>`)
}

/**
 * Puts `verify-audit.html` beside the app, so that every device has it and can hand it on with an export (AUD-5).
 * @param {{ readonly root: string, readonly directory: string, readonly target: string[] }} options
 * @returns {import('vite').Plugin}
 */
export const auditVerifier = ({ root, directory, target }) => ({
  name: 'hearthnet:audit-verifier',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler() {
      await writeFile(join(directory, 'verify-audit.html'), await verifierPage({ root, target }))
    },
  },
})
