import { Suspense } from 'react'
import { useLocation } from 'wouter'
import { ErrorBoundary } from './error-boundary.tsx'
import { detour, offered } from './gate.ts'
import { SCREENS } from './screens.ts'
import { useSession } from './session.tsx'

/** What modules that are on show whatever page is open. One that cannot be loaded or crashes takes nothing else with it. */
export function Everywhere({ part }: { readonly part: 'Banner' | 'Notice' }) {
  const session = useSession()
  const [path] = useLocation()
  return SCREENS.map((screen) => {
    const Part = screen[part]
    if (!Part || !offered(screen, session) || detour(screen, session) !== null) return null
    return (
      <ErrorBoundary key={screen.path} resetKey={path} fallback={null}>
        <Suspense>
          <Part />
        </Suspense>
      </ErrorBoundary>
    )
  })
}
