import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'

/** Milliseconds an answer may take before the person sees that it is awaited; most come sooner and nothing flickers. */
const PATIENCE_MS = 150

/** The shape of what is to come. @param rows lines to hold the room for. */
export function Loading({ rows = 3 }: { readonly rows?: number }) {
  const text = useText(messages)
  const [shown, show] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => show(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [])

  return (
    <Stack gap="sm" aria-busy role="status" style={{ minHeight: `${rows * 2.25}rem` }}>
      {shown ? (
        <>
          <VisuallyHidden>{text.loading}</VisuallyHidden>
          {Array.from({ length: rows }, (_, row) => (
            // rows are alike and never move
            <Skeleton key={`row-${row.toString()}`} height="1.5rem" width={row === rows - 1 ? '60%' : '100%'} />
          ))}
        </>
      ) : null}
    </Stack>
  )
}
