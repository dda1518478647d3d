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
  const inside = useRef(false)
  useEffect(
    () => () => {
      const goal = to.current
      if (!inside.current || !goal) return
      // a dialog that closes at the same time gives the focus back first, to what is gone
      requestAnimationFrame(() => {
        if (isLost() && goal.isConnected) goal.focus({ preventScroll: true })
      })
    },
    [to],
  )
  return {
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
  observer.observe(page, { subtree: true, attributeFilter: ['disabled'] })
  return () => observer.disconnect()
}
