import { useText } from '../../../kit/i18n.tsx'
import type { GraphNode } from './graph.ts'
import { messages } from './messages.ts'
import classes from './picture.module.css'
import { Shape } from './shape.tsx'

const KINDS: readonly GraphNode['kind'][] = ['attests', 'disputes', 'claim', 'source', 'unknown']

/** What the shapes of the picture mean, as far as they occur in it. */
export function Legend({ shown }: { readonly shown: ReadonlySet<GraphNode['kind']> }) {
  const text = useText(messages)
  return (
    <ul aria-label={text.legend} className={classes.legend}>
      {KINDS.filter((kind) => shown.has(kind)).map((kind) => (
        <li key={kind} className={classes.legendItem}>
          <svg width="18" height="18" aria-hidden="true">
            <Shape kind={kind} x={1} y={1} />
          </svg>
          {text.kinds[kind]}
        </li>
      ))}
    </ul>
  )
}
