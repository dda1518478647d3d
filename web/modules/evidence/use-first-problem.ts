import { type RefObject, useRef } from 'react'

/** Puts the focus on the first field that is marked wrong, once the marks are painted. */
export function useFirstProblem(): readonly [form: RefObject<HTMLFormElement | null>, show: () => void] {
  const form = useRef<HTMLFormElement>(null)
  const show = (): void => {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  return [form, show]
}
