import { VisuallyHidden } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'

export interface ArrivalProps {
  readonly path: string
  readonly title: string
}

/**
 * Stands behind a page in the same Suspense boundary, so it is there as soon as the page is: moves the focus to the heading,
 * which reads it out; a page without one is announced instead. On the first page the browser itself says where one is.
 */
export function Arrival({ path, title }: ArrivalProps) {
  const [announcement, announce] = useState('')
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    scrollTo(0, 0)
    // on a narrow screen the page scrolls in the window
    document.querySelector('main')?.scrollTo(0, 0)
    const heading = document.querySelector<HTMLElement>('main [data-page-title]')
    if (heading) heading.focus({ preventScroll: true })
    else announce(title)
  }, [path, title])

  return <VisuallyHidden role="status">{announcement}</VisuallyHidden>
}
