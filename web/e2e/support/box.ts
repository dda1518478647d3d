import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Box, createBox } from '../../../relay/box.ts'

/** The built app; HEARTHNET_WEB names another build. */
export const BUILT_APP = process.env.HEARTHNET_WEB ?? 'dist/web'

/** A box that can be taken off the network and put back. */
export interface HouseBox extends Box {
  /** Where it keeps its keys, and models for the app. */
  readonly data: string
  /** Nobody reaches it any more; its keys and its place stay. */
  unplug(): Promise<void>
  plugIn(): Promise<void>
}

/**
 * A box of its own for one journey, without webrtc-direct: the native library behind it aborts its whole process now and then
 * when it is stopped and started again in one process, as a real box never is. `relay/` tests that way in.
 * It has new keys, a free port, the app as it was built.
 * @param web another folder to serve
 * @param hub origin of a knowledge hub, as `--hub` names it
 * @param models origin of a server with models, as `--models` names it
 */
export const startBox = async (web = BUILT_APP, hub: string | null = null, models: string | null = null): Promise<HouseBox> => {
  const data = await mkdtemp(join(tmpdir(), 'hearthnet-box-'))
  const start = (port: number): Promise<Box> =>
    createBox({ host: '127.0.0.1', port, data, web, hub, models }, { loadWebRtc: async () => null })
  const first = await start(0)
  const port = Number(new URL(first.url).port)
  let running = first
  return {
    ...first,
    data,
    health: () => running.health(),
    unplug: () => running.stop(),
    async plugIn() {
      running = await start(port)
    },
    async stop() {
      await running.stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}
