import type { chromium } from 'playwright'
import type { LoopbackHost } from '#protocol/protocol/suite.ts'
import { conform } from './conform.ts'
import { HELP, readOptions, UsageError } from './options.ts'

const EXIT_USAGE = 2

export interface LoopbackPlace {
  readonly openHost: () => { readonly host: LoopbackHost; stop(): Promise<void> }
}

/** What `scripts/conformance.mjs` knows of the machine. */
export interface Place {
  readonly root: string
  /** The built app, the faulty one, and the peer page. */
  readonly web: string
  readonly faulty: string
  readonly peerPage: string
  /** The app's own node in memory, with its functions: for `--target loopback`. */
  readonly loopback: () => Promise<LoopbackPlace>
  readonly launch: Parameters<typeof chromium.launch>[0]
}

/** @returns exit code */
export async function main(args: readonly string[], place: Place): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === null) {
      process.stdout.write(HELP)
      return 0
    }
    return await conform(options, place)
  } catch (failure) {
    const usage = failure instanceof UsageError || (failure instanceof TypeError && 'code' in failure)
    process.stderr.write(`${usage ? (failure as Error).message : failure instanceof Error ? failure.stack : String(failure)}\n`) // both are errors
    return usage ? EXIT_USAGE : 1
  }
}
