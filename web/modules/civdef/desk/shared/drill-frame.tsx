import { IconBarrierBlock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

/** Stripes and the word around everything that is only a drill (CIV-9). What is in it stays when the frame comes or goes. */
export function DrillFrame({ drill, children }: { readonly drill: boolean; readonly children: ReactNode }) {
  const text = useText(messages)
  return (
    <div className={drill ? classes.drill : undefined}>
      <div className={drill ? classes.drillInner : undefined}>
        {drill ? (
          <div>
            <p className={classes.drillWord}>
              <IconBarrierBlock size={28} aria-hidden />
              {text.drill}
            </p>
            {text.drillNote}
          </div>
        ) : null}
        <div>{children}</div>
      </div>
    </div>
  )
}
