import type { chromium } from 'playwright'
import { conform } from './conform.ts'
import { HELP, readOptions, UsageError } from './options.ts'

const EXIT_USAGE = 2

/** What `scripts/conformance.mjs` knows of the machine. */
export interface Place {
  readonly root: string
  /** The built app, the faulty one, and the peer page. */
  readonly web: string
  readonly faulty: string
  readonly peerPage: string
  /** A module that makes the host of the loopback target. */
  readonly loopbackHost: string | null
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
