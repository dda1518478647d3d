import type { ReactNode } from 'react'
import type { ErrorCode } from '#protocol/core/errors.ts'
import { ERROR_TEXTS } from './error-texts.ts'
import { useLanguage } from './i18n.tsx'

/** What happened and what to do next, in plain words. */
export function ErrorWords({ code }: { readonly code: ErrorCode }): ReactNode {
  const { language } = useLanguage()
  return ERROR_TEXTS[code][language]
}
