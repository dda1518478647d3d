import { Button } from '@mantine/core'
import { IconFlask, IconSos } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { loraStatus } from '#protocol/lora/capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { useQuery } from '../../../port/hooks.ts'
import classes from '../lora.module.css'
import { LORA } from '../paths.ts'
import { ownCall } from '../status.ts'
import { useSimulation } from '../stick/use-simulation.ts'
import { messages } from './messages.ts'

function SimulationBanner() {
  const text = useText(messages)
  const simulation = useSimulation()
  return (
    <div className={classes.banner} role="note" data-kind="simulation">
      <span className={classes.bannerWords}>
        <IconFlask size={24} aria-hidden />
        {text.simulation}
      </span>
      <Button variant="default" onClick={simulation.end} loading={simulation.busy}>
        {text.endSimulation}
      </Button>
    </div>
  )
}

function CallingBanner() {
  const text = useText(messages)
  return (
    <div className={classes.banner} role="note" data-kind="calling">
      <span className={classes.bannerWords}>
        <IconSos size={24} aria-hidden />
        {text.calling}
      </span>
      <Button component={Link} href={LORA} variant="default">
        {text.toCall}
      </Button>
    </div>
  )
}

/** What holds on every screen while the radio is on: that it is a simulation, and that this device calls for help. */
export function RadioBanner() {
  const query = useQuery(loraStatus, {})
  const [path] = useLocation()
  if (query.status !== 'ready') return null
  const { stick } = query.data
  return (
    <>
      {stick.simulated ? <SimulationBanner /> : null}
      {ownCall(query.data) && path !== LORA ? <CallingBanner /> : null}
    </>
  )
}
