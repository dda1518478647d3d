// @ts-check
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, runTool } from './lib/process.mjs'

// `node scripts/pictures.mjs`: pictures of every screen of the built app, with neighbours, into a new folder; the ones that
// the documentation shows go to docs/pictures.

/** Name in docs/pictures, and the picture it is made of. */
const SHOWN = {
  'home-light.png': 'home-1440-light.png',
  'community-light.png': 'community-820-light.png',
  'community-dark.png': 'community-820-dark.png',
  'claims-light.png': 'claims-360-light.png',
  'claim-light.png': 'claim-820-light.png',
  'invite-light.png': 'invite-820-light.png',
}

const taken = await mkdtemp(join(tmpdir(), 'hearthnet-pictures-'))
const { code } = await runTool('tsx', [join(ROOT, 'web/e2e/pictures.ts'), taken], { show: true })
if (code !== 0) process.exit(code)

const shown = join(ROOT, 'docs/pictures')
await mkdir(shown, { recursive: true })
for (const [name, picture] of Object.entries(SHOWN)) {
  // a palette keeps them small in the repository
  const { status } = spawnSync('convert', [join(taken, picture), '-strip', '-colors', '256', join(shown, name)], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`ImageMagick's convert is needed to make ${name}`)
}
process.stdout.write(`All pictures: ${taken}\n`)
