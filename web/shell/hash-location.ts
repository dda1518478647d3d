import { useCallback, useSyncExternalStore } from 'react'

// an invite travels after the `#` so that no server ever sees it; a query belongs behind the path there, not before the `#`,
// where wouter's own hash hook would put it

const onHash = (changed: () => void) => {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

/** `#/claims/new?subject=x` as `['/claims/new', 'subject=x']`. */
export function splitHash(hash: string): readonly [path: string, query: string] {
  const [path = '', ...query] = hash.replace(/^#?\/?/, '').split('?')
  return [`/${path}`, query.join('?')]
}

const currentPath = () => splitHash(location.hash)[0]
const currentQuery = () => splitHash(location.hash)[1]

export interface NavigateOptions {
  readonly replace?: boolean
}

function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  const before = location.href
  history[replace ? 'replaceState' : 'pushState'](null, '', `#${to.startsWith('/') ? to : `/${to}`}`)
  // pushState is silent; whoever follows the hash should not have to care how it changed
  dispatchEvent(new HashChangeEvent('hashchange', { oldURL: before, newURL: location.href }))
}

/** wouter's location, kept after the `#`. */
export function useHashPath(): [string, typeof navigate] {
  const path = useSyncExternalStore(onHash, currentPath)
  return [path, useCallback(navigate, [])]
}
useHashPath.hrefs = (href: string): string => `#${href}`

/** wouter's search, kept behind the path after the `#`. */
export const useHashQuery = (): string => useSyncExternalStore(onHash, currentQuery)
