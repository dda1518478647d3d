/** How often a long-lived tab looks for a new version, ms. */
const LOOK_AGAIN_MS = 60 * 60 * 1000
/** Until a broken installation is begun again, ms; twice as long each time, and never longer than the second. */
const INSTALL_AGAIN_MS = 2000
const INSTALL_AGAIN_MAX_MS = 60_000

export interface Updates {
  readonly subscribe: (changed: () => void) => () => void
  /** Whether a new version waits for the person's word. */
  readonly ready: () => boolean
  /** The person agreed: the new version takes over and the page loads again, once. */
  readonly apply: () => void
}

export interface UpdatesDeps {
  /** `navigator.serviceWorker`; undefined where there is none, and in development. */
  readonly container: ServiceWorkerContainer | undefined
  readonly page: Pick<Document, 'addEventListener' | 'visibilityState'>
  readonly after: (ms: number, task: () => void) => void
  readonly reload: () => void
}

/** Registers the service worker and says when a new one waits. A page never changes under the person's hands. */
export function createUpdates({ container, page, after, reload }: UpdatesDeps): Updates {
  const listeners = new Set<() => void>()
  let waiting: ServiceWorker | null = null
  let agreed = false

  const offer = (worker: ServiceWorker | null) => {
    // without a controller this is the first visit: nothing old is running that could be replaced
    waiting = container?.controller ? worker : null
    for (const listener of listeners) listener()
  }

  let registration: ServiceWorkerRegistration | null = null
  let pause = INSTALL_AGAIN_MS
  let broken = false

  /**
   * Firefox ends a first installation that takes long and forgets it (decision 0013), and any browser one that loses its network. What
   * it has kept stays, and the next one goes on there: without it this visit would leave nothing for when the box is gone.
   */
  const installAgain = () => {
    broken = true
    after(pause, register)
    pause = Math.min(2 * pause, INSTALL_AGAIN_MAX_MS)
  }

  const watched = new WeakSet<ServiceWorker>()
  const watch = (worker: ServiceWorker | null) => {
    if (!worker || watched.has(worker)) return
    watched.add(worker)
    let installed = false
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed') {
        installed = true
        offer(worker)
      }
      if (worker.state !== 'redundant') return
      if (waiting === worker) offer(null)
      if (!installed && !registration?.active) installAgain()
    })
  }

  const follow = (found: ServiceWorkerRegistration) => {
    watch(found.installing)
    if (found === registration) return
    registration = found
    if (found.waiting) offer(found.waiting)
    found.addEventListener('updatefound', () => watch(found.installing))
  }

  const register = () => {
    container?.register('/sw.js', { updateViaCache: 'none' }).then(follow, () => {
      // without a service worker the app still runs, it only needs the network to start; where one was begun, the box is away now
      if (broken) installAgain()
    })
  }

  let looked = Date.now()
  page.addEventListener('visibilitychange', () => {
    if (page.visibilityState !== 'visible' || Date.now() - looked < LOOK_AGAIN_MS) return
    looked = Date.now()
    registration?.update().catch(() => undefined) // no network now; the next look will tell
  })

  container?.addEventListener('controllerchange', () => {
    if (!agreed) return
    agreed = false
    reload()
  })
  register()

  return {
    subscribe: (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    ready: () => waiting !== null,
    apply: () => {
      // agreed to in another tab: the new version serves this one already, only its page is still the old one
      if (waiting?.state === 'activating' || waiting?.state === 'activated') return reload()
      agreed = true
      waiting?.postMessage({ type: 'SKIP_WAITING' })
    },
  }
}
