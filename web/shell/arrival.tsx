import { VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'

export interface ArrivalProps {
  readonly title: string
  /** Whether the person navigated here; on the first page the browser itself says where they are. */
  readonly navigated: boolean
}

/**
 * Stands behind a page in the same Suspense boundary, so it is there as soon as the page is: moves the focus to the heading,
 * which reads it out; a page without one is announced instead.
 */
export function Arrival({ title, navigated }: ArrivalProps) {
  const [announcement, announce] = useState('')
  useEffect(() => {
    if (!navigated) return
    scrollTo(0, 0)
    const heading = document.querySelector<HTMLElement>('main [data-page-title]')
    if (heading) return heading.focus({ preventScroll: true })
    announce(title)
  }, [title, navigated])

  return (
    <VisuallyHidden role="status" aria-live="polite">
      {announcement}
    </VisuallyHidden>
  )
}
