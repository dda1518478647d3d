import type { ComponentType, ReactNode } from 'react'
import { Link } from 'wouter'
import classes from './way-link.module.css'

interface WayLinkProps {
  readonly href: string
  readonly icon: ComponentType<{ readonly size?: number | string; readonly 'aria-hidden'?: boolean }>
  readonly children: ReactNode
}

/** From a section to the screen that has more of it. */
export function WayLink({ href, icon: Icon, children }: WayLinkProps) {
  return (
    <Link href={href} className={classes.more}>
      <Icon size={20} aria-hidden />
      {children}
    </Link>
  )
}
