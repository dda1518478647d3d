import { isErrorCode } from '#protocol/core/errors.ts'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { ErrorWords } from '../../../kit/error-words.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'

interface ProblemWordsProps {
  readonly code: string
  readonly from?: ModelState['source']
}

/** What stopped a model from coming, and what to do about it. */
export function ProblemWords({ code, from = 'box' }: ProblemWordsProps) {
  const text = useText(messages)
  const problems: Readonly<Record<string, string>> = text.problems
  if (code === 'unauthorized' && from === 'peers') return text.notTrusted
  return problems[code] ?? <ErrorWords code={isErrorCode(code) ? code : 'internal_error'} />
}
