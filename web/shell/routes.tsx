import { Suspense, useEffect } from 'react'
import { matchRoute, Redirect, Route, Switch, useLocation, useRouter } from 'wouter'
import { useLanguage } from '../kit/i18n.tsx'
import { Loading } from '../kit/loading.tsx'
import { Arrival } from './arrival.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { detour, offered } from './gate.ts'
import { rememberGoal } from './goal.ts'
import { useHashQuery } from './hash-location.ts'
import { NotFound } from './not-found.tsx'
import type { ScreenDefinition, SubRoute } from './screen.ts'
import { SCREENS } from './screens.ts'
import { useSession } from './session.tsx'

interface Place extends SubRoute {
  readonly screen: ScreenDefinition
}

// a screen's own sub paths first: `/claims/new` before `/claims/:id` is the module's order to choose
const PLACES: readonly Place[] = SCREENS.flatMap((screen) =>
  [...(screen.routes ?? []), screen].map((route) => ({ ...route, screen })),
)

/** Leads to what is missing and remembers the way. */
function Detour({ to }: { readonly to: string }) {
  const [path] = useLocation()
  const query = useHashQuery()
  useEffect(() => {
    if (path !== to && path !== '/') rememberGoal(query ? `${path}?${query}` : path)
  }, [path, query, to])
  return <Redirect to={to} replace />
}

function Visit({ place }: { readonly place: Place }) {
  const session = useSession()
  const to = detour(place.screen, session)
  if (to) return <Detour to={to} />
  return offered(place.screen, session) ? <place.Component /> : <NotFound />
}

/** The page of the current path. */
export function Routes() {
  const [path] = useLocation()
  const { parser } = useRouter()
  const { language } = useLanguage()
  const place = PLACES.find((candidate) => matchRoute(parser, candidate.path, path)[0])

  return (
    <ErrorBoundary resetKey={path}>
      <Suspense fallback={<Loading rows={6} />}>
        <Switch>
          {PLACES.map((candidate) => (
            <Route key={candidate.path} path={candidate.path}>
              <Visit place={candidate} />
            </Route>
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
        <Arrival path={path} title={place?.title[language] ?? ''} />
      </Suspense>
    </ErrorBoundary>
  )
}
