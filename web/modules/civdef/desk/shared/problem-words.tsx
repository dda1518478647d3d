import { lazy, Suspense } from 'react'
import { isErrorCode } from '#protocol/core/errors.ts'

// every code has its words; they are loaded when the first one is needed
const ErrorWords = lazy(async () => ({ default: (await import('../../../../kit/error-words.tsx')).ErrorWords }))

/** What a refusal means, in plain words; the code itself where it has none. */
export function ProblemWords({ code }: { readonly code: string }) {
  return isErrorCode(code) ? (
    <Suspense>
      <ErrorWords code={code} />
    </Suspense>
  ) : (
    <code>{code}</code>
  )
}
