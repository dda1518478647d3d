/** Chromium's event; no standard yet, so the DOM types lack it. */
interface BeforeInstallPromptEvent extends Event {
  readonly prompt: () => Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

const isInstallPrompt = (event: Event): event is BeforeInstallPromptEvent => 'prompt' in event

export interface Install {
  readonly subscribe: (changed: () => void) => () => void
  /** `installed`: runs as an app; `offered`: the browser would install it; `manual`: only by the browser's own menu. */
  readonly state: () => 'installed' | 'offered' | 'manual'
  readonly prompt: () => Promise<void>
}

/** Keeps the browser's offer to install until the person wants it. */
export function createInstall(page: Pick<Window, 'addEventListener' | 'matchMedia'>): Install {
  const listeners = new Set<() => void>()
  let offer: BeforeInstallPromptEvent | null = null
  let installed = page.matchMedia('(display-mode: standalone)').matches

  const changed = () => {
    for (const listener of listeners) listener()
  }
  page.addEventListener('beforeinstallprompt', (event) => {
    if (!isInstallPrompt(event)) return
    event.preventDefault()
    offer = event
    changed()
  })
  page.addEventListener('appinstalled', () => {
    installed = true
    offer = null
    changed()
  })

  return {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: () => (installed ? 'installed' : offer ? 'offered' : 'manual'),
    prompt: async () => {
      const asked = offer
      offer = null // an offer is good for one question
      await asked?.prompt()
      changed()
    },
  }
}
