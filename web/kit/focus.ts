import { type FocusEventHandler, type RefObject, useEffect, useRef } from 'react'

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body

export interface FocusKept {
  readonly onFocus: FocusEventHandler
  readonly onBlur: FocusEventHandler
}

/**
 * For what can be taken away while it has the focus, a row or a button or a dialog in it: the focus then goes to `to`, and not to the
 * beginning of the page. `to` needs a `tabIndex` of -1.
 */
export function useFocusKept(to: RefObject<HTMLElement | null>): FocusKept {
  const { inside, ...handlers } = useFocusInside()
  useEffect(
    () => () => {
      if (inside.current && to.current) takeLost(to.current)
    },
    [to, inside],
  )
  return handlers
}

export interface FocusHeld<E extends HTMLElement> extends FocusKept {
  readonly ref: RefObject<E | null>
  readonly tabIndex: -1
}

/**
 * For a part that stays while what is in it is exchanged, by whatever: it has the focus then that was in what went, and never one that
 * was elsewhere. @param shows what is in it now
 */
export function useFocusHeld<E extends HTMLElement>(shows: string): FocusHeld<E> {
  const { inside, ...handlers } = useFocusInside()
  const ref = useRef<E>(null)
  const before = useRef(shows)
  useEffect(() => {
    if (before.current === shows) return
    before.current = shows
    if (inside.current && ref.current) takeLost(ref.current)
  }, [shows, inside])
  return { ref, tabIndex: -1, ...handlers }
}

function takeLost(goal: HTMLElement): void {
  // a dialog that closes at the same time gives the focus back first, to what is gone
  requestAnimationFrame(() => {
    if (isLost() && goal.isConnected) goal.focus({ preventScroll: true })
  })
}

function useFocusInside(): FocusKept & { readonly inside: RefObject<boolean> } {
  const inside = useRef(false)
  return {
    inside,
    onFocus: () => {
      inside.current = true
    },
    onBlur: ({ relatedTarget }) => {
      // to nowhere is not elsewhere: what is disabled while its call runs loses the focus so
      if (relatedTarget !== null) inside.current = false
    },
  }
}

/** The focus of a part whose content was exchanged by the person in it goes to its beginning. @param step what it shows now */
export function useFocusOn<E extends HTMLElement>(step: string): RefObject<E | null> {
  const part = useRef<E>(null)
  const before = useRef(step)
  useEffect(() => {
    if (before.current === step) return
    before.current = step
    part.current?.focus()
  }, [step])
  return part
}

/**
 * A button is disabled as long as its call takes, and browsers take the focus from what is disabled: it gets it back when it can be
 * pressed again. @returns takes it away again
 */
export function keepFocusOfBusy(page: Document): () => void {
  let waiting: HTMLButtonElement | null = null
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLButtonElement)) continue
      if (target.disabled && page.activeElement === target) waiting = target
      else if (!target.disabled && target === waiting) {
        waiting = null
        if (isLost()) target.focus({ preventScroll: true })
      }
    }
  })
  // newer browsers take it at once, before anybody is told that it was disabled
  const onFocusOut = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLButtonElement && target.disabled) waiting = target
  }
  observer.observe(page, { subtree: true, attributeFilter: ['disabled'] })
  page.addEventListener('focusout', onFocusOut)
  return () => {
    observer.disconnect()
    page.removeEventListener('focusout', onFocusOut)
  }
}
