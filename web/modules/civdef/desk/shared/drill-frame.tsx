import { IconBarrierBlock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

/** Stripes and the word around everything that is only a drill (CIV-9). */
export function DrillFrame({ drill, children }: { readonly drill: boolean; readonly children: ReactNode }) {
  const text = useText(messages)
  if (!drill) return <div>{children}</div>
  return (
    <div className={classes.drill} data-drill>
      <div className={classes.drillInner}>
        <p className={classes.drillWord}>
          <IconBarrierBlock size={28} aria-hidden />
          {text.drill}
        </p>
        <div>{text.drillNote}</div>
        {children}
      </div>
    </div>
  )
}
