import { BidiText } from '../../../kit/bidi-text.tsx'
import classes from '../civdef.module.css'

/** What to do, in short numbered lines. */
export function InstructionList({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ol className={classes.instructions}>
      {lines.map((line, at) => (
        // lines are as they were signed and never move
        <li key={`${at} ${line}`}>
          <BidiText>{line}</BidiText>
        </li>
      ))}
    </ol>
  )
}
