import { parseArgs } from 'node:util'
import { CONFORMANCE_DEFAULT_OUTPUT_DIR, CONFORMANCE_DEFAULT_SEED } from '#protocol/protocol/constants.ts'

export const TARGETS = ['browser', 'http', 'loopback'] as const
export type TargetName = (typeof TARGETS)[number]

export interface Options {
  readonly target: TargetName
  /** Null: the suite starts the built app and a box by itself. */
  readonly url: string | null
  /** An invite to the community of a target that has nobody at its device. */
  readonly invite: string | null
  readonly sections: readonly string[]
  /** Beginnings of ids. */
  readonly only: readonly string[]
  /** Whole ids, of a run that is done again; null for any. */
  readonly exactly: readonly string[] | null
  readonly seed: number
  readonly json: boolean
  readonly fault: string | null
  readonly bail: boolean
  /** Cases, and rules whose cases, run before the others. */
  readonly first: readonly string[]
  readonly repeat: number
  readonly lanes: number
  readonly out: string
  /** A run_manifest.json whose run is done again and compared. */
  readonly replay: string | null
}

export const HELP = `npm run conformance -- [options]

  --target browser|http|loopback   how the node under test is reached (browser)
  --url URL          the app, or the HTTP endpoint; without it the built app and a box are started
  --invite LINK      an invite to the node's community, for --target http
  --section NAME     core, core/bus, services …; may be given more than once
  --case ID          beginning of the id of a case; may be given more than once
  --seed N           decimal or 0x…; ${CONFORMANCE_DEFAULT_SEED} unless given
  --json             the report on standard output, nothing else
  --out DIR          where the report is written (${CONFORMANCE_DEFAULT_OUTPUT_DIR})
  --replay FILE      the run of a run_manifest.json again; fails where a result differs
  --repeat N         runs in a row; fails at the first that differs from the first
  --bail             stop at the first failure
  --first NAME       this case, or the cases of this rule, before the others; may be given more than once
  --fault NAME       run against the faulty node with this fault; succeeds when it is caught
  --faults           faults in turn: which case catches which, written into conformance/faults/kills.json, and the rate of
                     those caught. --part NAME, --only-new and --without-browser make it shorter: conformance/faults/README.md
`

export class UsageError extends Error {}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${name}: "${text}" is no whole number`)
  return value
}

/** @throws UsageError */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', default: 'browser' },
      url: { type: 'string' },
      invite: { type: 'string' },
      section: { type: 'string', multiple: true, default: [] },
      case: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: String(CONFORMANCE_DEFAULT_SEED) },
      json: { type: 'boolean', default: false },
      out: { type: 'string', default: CONFORMANCE_DEFAULT_OUTPUT_DIR },
      replay: { type: 'string' },
      repeat: { type: 'string', default: '1' },
      lanes: { type: 'string', default: '4' },
      bail: { type: 'boolean', default: false },
      fault: { type: 'string' },
      first: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const target = TARGETS.find((name) => name === values.target)
  if (!target) throw new UsageError(`--target takes one of ${TARGETS.join(', ')}`)
  if (target === 'http' && values.url === undefined) throw new UsageError('--target http needs --url')
  return {
    target,
    url: values.url ?? null,
    invite: values.invite ?? null,
    sections: values.section,
    only: values.case,
    exactly: null,
    seed: wholeNumber('seed', values.seed),
    json: values.json,
    fault: values.fault ?? null,
    bail: values.bail || values.fault !== undefined,
    first: values.first,
    repeat: Math.max(1, wholeNumber('repeat', values.repeat)),
    lanes: Math.max(1, wholeNumber('lanes', values.lanes)),
    out: values.out,
    replay: values.replay ?? null,
  }
}

/** The part of a command line that makes the same run again. */
export function recipeOf({ target, url, seed }: Pick<Options, 'target' | 'url' | 'seed'>): string {
  return [`--target ${target}`, ...(url === null ? [] : [`--url ${url}`]), `--seed ${seed}`].join(' ')
}
