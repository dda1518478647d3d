/** Where a new claim is written; the manifest's share target and its shortcut lead here. */
export const CLAIM_FORM = '/claims/new'

/** Where an official warning is brought in. */
const WARNING_FORM = '/alerts/bring-in'
/** How CAP (XML), NINA (JSON) and alerts of other communities begin; nobody writes a claim like that. */
const WARNING = /^\s*(<\?xml|<alert\b|\{\s*"|\[\s*\{|HN1:F:)/

const SHARED = ['title', 'text', 'url'] as const

/** The hash for what another app shared through the manifest's `share_target`, or null when nothing was. A file is with the service worker. */
export function sharedHash(search: string): string | null {
  const query = new URLSearchParams(search)
  const shared = SHARED.flatMap((name) => {
    const value = query.get(`share_${name}`)
    return value ? [[name, value]] : []
  })
  if (query.has('share_file')) return `#${WARNING_FORM}?shared=file`
  const text = query.get('share_text') ?? ''
  if (WARNING.test(text)) return `#${WARNING_FORM}?${new URLSearchParams({ text })}`
  return shared.length === 0 ? null : `#${CLAIM_FORM}?${new URLSearchParams(shared)}`
}

/** Moves what was shared behind the `#`: a reload must not write it twice, and it leaves the address that is logged. */
export function openShared(location: Pick<Location, 'search' | 'pathname'>, history: Pick<History, 'replaceState'>): void {
  const hash = sharedHash(location.search)
  if (hash) history.replaceState(null, '', location.pathname + hash)
}
