import type { Static } from '@sinclair/typebox'
import { CIVDEF_DOCUMENT_MAX_CHARS } from '#protocol/civdef/constants.ts'
import { feedChanged } from '#protocol/civdef/events.ts'
import { feedState } from '#protocol/civdef/exchange-capabilities.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { concatBytes } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { every } from '../../../kernel/runtime.ts'
import type { Regions } from '../regions/adapters.ts'
import { type KeepDeps, keepMirrors } from './keep.ts'
import { mirrorOf } from './mirror.ts'
import { readNina } from './nina.ts'
import { readCap } from './read.ts'

/** Official feeds change every few minutes; who asks more often gets nothing more and is a burden. */
const ASK_EVERY_MS = 5 * 60_000
/** How soon a feed that was just configured is asked. */
const LOOK_EVERY_MS = 30_000
const TIMEOUT_MS = 20_000

type State = Omit<Static<typeof feedState.output>, 'url'>

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'config' | 'notify'> &
  KeepDeps & {
    readonly regions: Regions
    /** The browser's own. */
    readonly fetch: typeof globalThis.fetch
  }

/** What a feed says: mirrors, and how many of its warnings could not be read. */
interface Read {
  readonly mirrors: readonly Mirror[]
  readonly refused: number
}

/** One CAP document, or one or many NINA warnings. One that cannot be read does not keep the others out. */
export function readFeed(text: string, regions: Regions): Read {
  if (text.trimStart().startsWith('<')) return { mirrors: [mirrorOf(readCap(text), 'cap', text, regions)], refused: 0 }
  const value = parseJson(text)
  const warnings = Array.isArray(value) ? value : [value]
  const mirrors: Mirror[] = []
  let refused = 0
  for (const warning of warnings) {
    try {
      mirrors.push(...readNina(JSON.stringify(warning), regions))
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      refused++
    }
  }
  return { mirrors, refused }
}

/** The body as text, as long as it is one that could be a document. @throws HearthError `bad_request` */
async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
    size += step.value.length
    if (size > CIVDEF_DOCUMENT_MAX_CHARS) {
      await reader?.cancel()
      throw new HearthError('bad_request', 'the feed is longer than a document may be')
    }
    chunks.push(step.value)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(concatBytes(...chunks))
  } catch (cause) {
    throw new HearthError('bad_request', 'the feed is not UTF-8', { cause })
  }
}

/**
 * Asks the feed that the operator configured, and nobody where none is. It sends nothing that says who asks: no cookie, no
 * referrer, no header of ours. Conditional requests are the browser's: `no-cache` lets it ask its own copy's ETag, which needs no
 * permission of the other side, as a header of ours would.
 */
export function serveFeed(deps: Deps): (() => void)[] {
  const { bus, runtime, config, notify, regions, fetch } = deps
  let state: State = { asked_at: null, outcome: 'never', kept: 0, refused: 0 }
  const nothing = { url: '', at: Number.NEGATIVE_INFINITY, text: null }
  let asked: { readonly url: string; readonly at: number; readonly text: string | null } = nothing
  let stopping = new AbortController()

  async function answerOf(url: string, signal: AbortSignal): Promise<Pick<State, 'outcome' | 'kept' | 'refused'>> {
    const response = await fetch(url, {
      ...({ cache: 'no-cache', credentials: 'omit', mode: 'cors', redirect: 'error', referrerPolicy: 'no-referrer' } as const),
      signal,
    }).catch(() => null)
    if (!response?.ok) return { outcome: 'unreachable', kept: 0, refused: 0 }
    try {
      const text = await bodyOf(response)
      if (text === asked.text) return { outcome: 'unchanged', kept: 0, refused: state.refused }
      const { mirrors, refused } = readFeed(text, regions)
      const now = wireTime(runtime.now())
      const kept = await keepMirrors(
        mirrors.filter(({ expires_at }) => expires_at > now),
        deps,
      )
      asked = { ...asked, text }
      return { outcome: 'fresh', kept, refused }
    } catch (error) {
      if (signal.aborted) return { outcome: 'unreachable', kept: 0, refused: 0 }
      // strict limits, a chain that is blocked, a device that is full: said, and tried again
      if (error instanceof HearthError) return { outcome: 'refused', kept: 0, refused: 0 }
      throw error
    }
  }

  async function ask(): Promise<void> {
    const url = config().civdef.feed_url
    if (url !== asked.url) {
      asked = { ...nothing, url }
      state = { asked_at: null, outcome: 'never', kept: 0, refused: 0 }
    }
    if (url === '' || runtime.monotonic() - asked.at < ASK_EVERY_MS) return
    asked = { ...asked, at: runtime.monotonic() }
    stopping = new AbortController()
    const late = runtime.after(TIMEOUT_MS, () => stopping.abort())
    const answer = await answerOf(url, stopping.signal).finally(late)
    state = { ...answer, asked_at: wireTime(runtime.now()) }
    notify(feedChanged)
  }

  const stop = every(runtime, LOOK_EVERY_MS, () => void ask().catch(reportError))
  return [
    () => {
      stop()
      stopping.abort()
    },
    bus.handle(feedState, async () => ({ url: config().civdef.feed_url, ...state })),
  ]
}
