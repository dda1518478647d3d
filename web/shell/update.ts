/** How often a long-lived tab looks for a new version, ms. */
const LOOK_AGAIN_MS = 60 * 60 * 1000

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
  readonly reload: () => void
}

/** Registers the service worker and says when a new one waits. A page never changes under the person's hands. */
export function createUpdates({ container, page, reload }: UpdatesDeps): Updates {
  const listeners = new Set<() => void>()
  let waiting: ServiceWorker | null = null
  let agreed = false

  const offer = (worker: ServiceWorker | null) => {
    // without a controller this is the first visit: nothing old is running that could be replaced
    waiting = container?.controller ? worker : null
    for (const listener of listeners) listener()
  }

  const follow = (registration: ServiceWorkerRegistration) => {
    if (registration.waiting) offer(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') offer(worker)
        if (worker.state === 'redundant' && waiting === worker) offer(null)
      })
    })

    let looked = Date.now()
    page.addEventListener('visibilitychange', () => {
      if (page.visibilityState !== 'visible' || Date.now() - looked < LOOK_AGAIN_MS) return
      looked = Date.now()
      registration.update().catch(() => undefined) // no network now; the next look will tell
    })
  }

  container?.addEventListener('controllerchange', () => {
    if (!agreed) return
    agreed = false
    reload()
  })
  // without a service worker the app still runs, it only needs the network to start
  container?.register('/sw.js', { updateViaCache: 'none' }).then(follow, () => undefined)

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
