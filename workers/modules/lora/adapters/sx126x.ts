import { HearthError } from '#protocol/core/errors.ts'
import type { Adapter, ByteStreams, SessionOptions, StickSession } from '../stick.ts'
import { problemOf } from './failures.ts'
import { createKissDecoder, type KissFrame } from './kiss.ts'
import { createLink, type Link, type LinkOptions, type Patience } from './link.ts'
import { createMeshcoreEar, openMeshcore } from './meshcore.ts'
import { openRui3, readReceived } from './rui3.ts'
import { createLineDecoder } from './text-lines.ts'

/** Asked in turn, as the module may be starting while we ask: four seconds in all. */
const ROUNDS = 8
const ONCE: Patience = { timeoutMs: 250, attempts: 1 }

interface Profile<Frame> {
  readonly decoder: LinkOptions<Frame>['decoder']
  readonly onFrame: (frame: Frame) => void
  open(link: Link<Frame>): Promise<Omit<StickSession, 'close'>>
}

/** One profile over the streams; when it does not fit they are whole again. */
async function tryProfile<Frame>(
  streams: ByteStreams,
  options: SessionOptions,
  profile: Profile<Frame>,
): Promise<StickSession> {
  let ready = false
  const link = createLink({
    streams,
    decoder: profile.decoder,
    runtime: options.runtime,
    onFrame: (frame) => ready && profile.onFrame(frame),
    onLost: () => ready && options.onLost(),
    signal: options.signal,
  })
  try {
    const session = await profile.open(link)
    link.check()
    ready = true
    return {
      ...session,
      async close() {
        ready = false
        await link.close()
      },
    }
  } catch (error) {
    await link.release()
    throw error
  }
}

const isSilence = (error: unknown): boolean => error instanceof HearthError && problemOf(error) === 'no_answer'

async function open(streams: ByteStreams, options: SessionOptions): Promise<StickSession> {
  const kiss: Profile<KissFrame> = {
    decoder: createKissDecoder(),
    onFrame: createMeshcoreEar(options),
    open: (link) => openMeshcore(link, options.settings, ONCE),
  }
  const text: Profile<string> = {
    decoder: createLineDecoder(),
    onFrame(line) {
      const heard = readReceived(line)
      if (heard) options.onHeard(heard)
    },
    open: (link) => openRui3(link, options.settings, ONCE),
  }
  for (let round = 1; ; round++) {
    try {
      return await tryProfile(streams, options, kiss)
    } catch (error) {
      if (!isSilence(error)) throw error
    }
    try {
      return await tryProfile(streams, options, text)
    } catch (error) {
      if (!isSilence(error) || round === ROUNDS) throw error
    }
  }
}

/** Boards with an SX126x: MeshCore's KISS modem, or RUI3's AT commands. */
export const sx126x: Adapter = { id: 'sx126x', baudRate: 115_200, open }
