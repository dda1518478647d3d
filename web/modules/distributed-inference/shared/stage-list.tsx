import type { NodeId } from '#protocol/core/ids.ts'
import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import classes from './shared.module.css'
import { useLayers } from './use-layers.ts'
import { useNames } from './use-names.ts'

interface StageListProps {
  readonly label: string
  readonly stages: readonly { readonly node_id: NodeId | null; readonly layers: Layers }[]
}

/** Who computes which layers, in the order in which a word goes through them. */
export function StageList({ label, stages }: StageListProps) {
  const names = useNames()
  const layers = useLayers()
  return (
    <ol className={classes.stages} aria-label={label}>
      {stages.map((stage) => (
        <li key={stage.layers.from}>
          <BidiText>{names.label(stage.node_id)}</BidiText>
          {`: ${layers(stage.layers)}`}
        </li>
      ))}
    </ol>
  )
}
