import type { ComponentType, ReactNode } from 'react'
import { Link } from 'wouter'
import classes from '../desk.module.css'

export interface TileProps {
  readonly href: string
  readonly icon: ComponentType<{ readonly size?: number | string; readonly 'aria-hidden'?: boolean }>
  readonly name: string
  readonly note?: ReactNode
  /** The one that matters most. */
  readonly main?: boolean
}

/** A way to a page, as large as a gloved hand. */
export function Tile({ href, icon: Icon, name, note = null, main = false }: TileProps) {
  return (
    <li>
      <Link href={href} className={classes.tile} data-main={main || undefined}>
        <Icon size={32} aria-hidden />
        <span className={classes.tileWords}>
          <span className={classes.tileName}>{name}</span>
          {note === null ? null : <span className={classes.tileNote}>{note}</span>}
        </span>
      </Link>
    </li>
  )
}
