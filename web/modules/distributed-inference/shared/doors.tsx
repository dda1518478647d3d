import { IconDevices, IconMessageQuestion, IconPackage } from '@tabler/icons-react'
import { Link, useLocation } from 'wouter'
import { useText } from '../../../kit/i18n.tsx'
import { ASK, COMPUTERS, MODELS } from '../paths.ts'
import { messages } from './messages.ts'
import classes from './shared.module.css'

const DOORS = [
  { to: ASK, icon: IconMessageQuestion, name: 'ask' },
  { to: COMPUTERS, icon: IconDevices, name: 'computers' },
  { to: MODELS, icon: IconPackage, name: 'models' },
] as const

/** The three rooms of this area, and which one this is. */
export function Doors() {
  const text = useText(messages).doors
  const [path] = useLocation()
  return (
    <nav aria-label={text.label} className={classes.doors}>
      {DOORS.map(({ to, icon: Icon, name }) => (
        <Link key={to} href={to} className={classes.door} aria-current={path === to ? 'page' : undefined}>
          <Icon size={20} aria-hidden />
          {text[name]}
        </Link>
      ))}
    </nav>
  )
}
