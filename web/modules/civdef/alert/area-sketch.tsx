import { IconMapPinFilled, IconSpeakerphone } from '@tabler/icons-react'
import { useText } from '../../../kit/i18n.tsx'
import { commonRegion, lieOf } from '../regions.ts'
import classes from './alert.module.css'
import { messages } from './messages.ts'

function Sign({ of }: { readonly of: 'target' | 'mine' }) {
  const text = useText(messages)
  const Icon = of === 'target' ? IconSpeakerphone : IconMapPinFilled
  return (
    <span className={classes.sketchSign}>
      <Icon size={18} aria-hidden />
      {text[of]}
    </span>
  )
}

interface AreaSketchProps {
  readonly target: string
  readonly place: string
  readonly nameOf: (region: string) => string
  readonly drill: boolean
}

/** How target and own place lie to each other as boxes, since nobody here has the borders: not to scale, and it says so. */
export function AreaSketch({ target, place, nameOf, drill }: AreaSketchProps) {
  const text = useText(messages)
  const lie = lieOf(target, place)
  const common = commonRegion(target, place)
  return (
    <figure className={classes.sketch}>
      <figcaption>{drill ? `${text.drillWord} · ${text.sketch}` : text.sketch}</figcaption>
      {lie === 'apart' && common ? <span className={classes.sketchName}>{nameOf(common)}</span> : null}
      <div className={classes.sketchRow}>
        <div className={classes.sketchPlace} data-target>
          <span className={classes.sketchName}>{nameOf(target)}</span>
          <Sign of="target" />
          {lie === 'same' ? <Sign of="mine" /> : null}
          {lie === 'inside' ? (
            <div className={classes.sketchPlace}>
              <span className={classes.sketchName}>{nameOf(place)}</span>
              <Sign of="mine" />
            </div>
          ) : null}
        </div>
        {lie === 'apart' || lie === 'part' ? (
          <div className={classes.sketchPlace}>
            <span className={classes.sketchName}>{nameOf(place)}</span>
            <Sign of="mine" />
          </div>
        ) : null}
      </div>
    </figure>
  )
}
