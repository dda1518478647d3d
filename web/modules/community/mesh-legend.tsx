import { useText } from '../../kit/i18n.tsx'
import type { MeshPeer } from './mesh-layout.ts'
import classes from './mesh-picture.module.css'
import { messages } from './messages.ts'

const CONNECTIONS: readonly MeshPeer['connection'][] = ['direct', 'relayed', 'connecting', 'away']

/** What the lines of the picture mean. */
export function MeshLegend() {
  const text = useText(messages)
  return (
    <ul aria-label={text.mesh.legend} className={classes.legend}>
      {CONNECTIONS.map((connection) => (
        <li key={connection} className={classes.legendItem}>
          <svg width="34" height="14" aria-hidden="true">
            {connection === 'away' ? null : (
              <line x1="0" y1="7" x2="22" y2="7" className={classes.line} data-connection={connection} />
            )}
            <circle cx="26" cy="7" r="6" className={classes.peer} data-connection={connection} />
          </svg>
          {text.connections[connection]}
        </li>
      ))}
    </ul>
  )
}
