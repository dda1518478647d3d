import type { ErrorCode } from '#protocol/core/errors.ts'
import { ERROR_TEXTS } from './error-texts.ts'
import type { Language } from './i18n.tsx'

/** What happened and what to do next, in plain words. */
export const errorText = (code: ErrorCode, language: Language): string => ERROR_TEXTS[code][language]
