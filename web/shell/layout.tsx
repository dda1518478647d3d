import { type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { keepFocusOfBusy } from '../kit/focus.ts'
import { useText } from '../kit/i18n.tsx'
import { Banners } from './banners.tsx'
import classes from './layout.module.css'
import { Mark } from './mark.tsx'
import { messages } from './messages.ts'
import { NetworkChip } from './network-chip.tsx'

const CONTENT = 'content'

export interface LayoutProps {
  readonly navigation?: ReactNode
  /** False where nothing that is said of the network could be believed. */
  readonly network?: boolean
  readonly children: ReactNode
}

// the address after `#` is the route, so the link cannot point there: it moves the focus itself
const skip = () => document.getElementById(CONTENT)?.focus()

/** Top bar, navigation, page: one grid for every width. */
export function Layout({ navigation, network = true, children }: LayoutProps) {
  const text = useText(messages)
  useEffect(() => keepFocusOfBusy(document), [])
  return (
    <div className={classes.layout}>
      <button type="button" className={classes.skip} onClick={skip}>
        {text.skip}
      </button>
      <header className={classes.top}>
        <Link href="/" className={classes.brand} aria-label={text.toHome}>
          <Mark />
          <span className={classes.name}>HearthNet</span>
        </Link>
        {network ? <NetworkChip /> : null}
      </header>
      {navigation}
      <main id={CONTENT} tabIndex={-1} className={classes.main}>
        <Banners />
        {children}
      </main>
    </div>
  )
}
