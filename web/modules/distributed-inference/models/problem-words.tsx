import { isErrorCode } from '#protocol/core/errors.ts'
import { ErrorWords } from '../../../kit/error-words.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'

/** What stopped a model from coming, and what to do about it. */
export function ProblemWords({ code }: { readonly code: string }) {
  const problems: Readonly<Record<string, string>> = useText(messages).problems
  return problems[code] ?? <ErrorWords code={isErrorCode(code) ? code : 'internal_error'} />
}
