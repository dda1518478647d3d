import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Box, createBox } from '../../../relay/box.ts'

/** The built app; HEARTHNET_WEB names another build. */
export const BUILT_APP = process.env.HEARTHNET_WEB ?? 'dist/web'

/** A box of its own for one journey: new keys, a free port, the app as it was built. @param web another folder to serve */
export const startBox = async (web = BUILT_APP): Promise<Box> => {
  const data = await mkdtemp(join(tmpdir(), 'hearthnet-box-'))
  const box = await createBox({ host: '127.0.0.1', port: 0, data, web })
  return {
    ...box,
    async stop() {
      await box.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}
