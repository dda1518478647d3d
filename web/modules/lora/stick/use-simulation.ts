import { stickAttach, stickDetach } from '#protocol/lora/capabilities.ts'
import { useCall } from '../../../port/hooks.ts'

/** The stick that is played when nobody has one: the commonest kind. */
const PLAYED = { adapter: 'meshtastic', port_id: null, simulated: true } as const

/** Starts and ends the radio that is none. */
export function useSimulation() {
  const attach = useCall(stickAttach)
  const detach = useCall(stickDetach)
  return {
    start: () => attach.run(PLAYED),
    end: () => detach.run({}),
    busy: attach.busy || detach.busy,
    error: attach.error ?? detach.error,
  }
}
