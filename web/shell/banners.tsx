import { Button } from '@mantine/core'
import { useText } from '../kit/i18n.tsx'
import { useNodePhase } from '../port/provider.tsx'
import classes from './layout.module.css'
import { messages } from './messages.ts'
import { useOnline, useUpdate } from './services.tsx'

/** What holds for the whole app right now, quietly above the page. */
export function Banners() {
  const text = useText(messages)
  const online = useOnline()
  const update = useUpdate()
  const { phase, role } = useNodePhase()
  return (
    <div className={classes.banners} role="status">
      {update.ready ? (
        <p className={classes.banner} data-kind="update">
          {text.update.text}
          <Button onClick={update.apply}>{text.update.action}</Button>
        </p>
      ) : null}
      {online ? null : <p className={classes.banner}>{text.offline}</p>}
      {phase === 'ready' && role === 'follower' ? <p className={classes.banner}>{text.follower}</p> : null}
    </div>
  )
}
