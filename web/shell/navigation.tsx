import { type RefObject, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useLanguage, useText } from '../kit/i18n.tsx'
import { listed } from './gate.ts'
import { messages } from './messages.ts'
import classes from './navigation.module.css'
import { SCREENS } from './screens.ts'
import { useSession } from './session.tsx'

const isHere = (screenPath: string, path: string): boolean =>
  path === screenPath || (screenPath !== '/' && path.startsWith(`${screenPath}/`))

/** At which ends of a row that scrolls sideways there is more to see: `start`, `end`, both, or neither. */
function useMore(list: RefObject<HTMLElement | null>, count: number): string | undefined {
  const [more, setMore] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: with one area more the row is longer, or there for the first time
  useEffect(() => {
    const row = list.current
    if (!row) return
    const look = (): void => {
      const hidden = row.scrollWidth - row.clientWidth
      setMore(`${row.scrollLeft > 1 ? 'start ' : ''}${row.scrollLeft < hidden - 1 ? 'end' : ''}`)
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(row)
    for (const area of row.children) sizes.observe(area)
    row.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      row.removeEventListener('scroll', look)
    }
  }, [count])
  return more || undefined
}

/** The areas of the app: tabs under the thumb on a phone, a rail at the side where there is room. */
export function Navigation() {
  const text = useText(messages)
  const { language } = useLanguage()
  const session = useSession()
  const [path] = useLocation()
  const screens = SCREENS.filter((screen) => listed(screen, session))
  const list = useRef<HTMLUListElement>(null)
  // where the row is longer than the screen is wide, the area one is in is to be seen
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what changes which area is the current one
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [path])
  const more = useMore(list, screens.length)
  if (screens.length < 2) return null

  return (
    <nav aria-label={text.navigation} className={classes.nav} data-more={more}>
      <ul ref={list} className={classes.list}>
        {screens.map(({ path: to, icon: Icon, title }) => (
          <li key={to} className={classes.item}>
            <Link href={to} className={classes.link} aria-current={isHere(to, path) ? 'page' : undefined}>
              <span className={classes.icon} aria-hidden="true">
                <Icon size={24} />
              </span>
              <span className={classes.word}>{title[language]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
