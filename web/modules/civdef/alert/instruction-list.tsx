import { BidiText } from '../../../kit/bidi-text.tsx'
import classes from './alert.module.css'

/** What to do, in short numbered lines. */
export function InstructionList({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ol className={classes.instructions}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are as they were signed and never move; two may say the same
        <li key={`${at} ${line}`}>
          <BidiText>{line}</BidiText>
        </li>
      ))}
    </ol>
  )
}
