import type { Output } from '#protocol/core/capability.ts'
import type { selfDescribe } from '#protocol/protocol/capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { LongName } from '../../kit/long-name.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { messages } from './messages.ts'
import classes from './protocol.module.css'

type Described = Output<typeof selfDescribe>['capabilities'][number]

const STATUS: Readonly<Record<Described['state'], Status>> = {
  stable: 'good',
  provisional: 'good',
  experimental: 'good',
  disabled: 'idle',
  not_built: 'idle',
}

const isServed = ({ state }: Described): boolean => STATUS[state] === 'good'

/** By module, in the order in which the node tells them. */
function byModule(capabilities: readonly Described[]): ReadonlyMap<string, readonly Described[]> {
  const modules = new Map<string, Described[]>()
  for (const one of capabilities) modules.set(one.module, [...(modules.get(one.module) ?? []), one])
  return modules
}

function ModuleItem({ id, capabilities }: { readonly id: string; readonly capabilities: readonly Described[] }) {
  const text = useText(messages).about
  const format = useFormat()
  const served = capabilities.filter(isServed).length
  // a module of a later version has its id for a name
  const name: string = Object.entries(text.modules).find(([key]) => key === id)?.[1] ?? id
  return (
    <li>
      <details>
        <summary className={classes.summary}>
          <span className={classes.summaryText}>{name}</span>
          <StatusDot status={served === capabilities.length ? 'good' : served > 0 ? 'busy' : 'idle'}>
            {text.served(format.number(served), format.number(capabilities.length))}
          </StatusDot>
        </summary>
        <ul className={classes.names}>
          {capabilities.map((one) => (
            <li key={one.name}>
              <span className={classes.code}>
                <LongName>{one.name}</LongName>
                {one.version ? ` ${one.version}` : ''}
              </span>
              <StatusDot status={STATUS[one.state]}>{text.states[one.state]}</StatusDot>
            </li>
          ))}
        </ul>
      </details>
    </li>
  )
}

/** What a node can do, module by module, each with its state. */
export function CapabilityModules({ capabilities }: { readonly capabilities: readonly Described[] }) {
  const text = useText(messages).about
  return (
    <ul className={classes.list} aria-label={text.capabilities}>
      {[...byModule(capabilities)].map(([id, own]) => (
        <ModuleItem key={id} id={id} capabilities={own} />
      ))}
    </ul>
  )
}
