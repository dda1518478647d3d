import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { useLanguage, useText } from '../kit/i18n.tsx'
import { listed } from './gate.ts'
import { messages } from './messages.ts'
import classes from './navigation.module.css'
import { SCREENS } from './screens.ts'
import { useSession } from './session.tsx'

const isHere = (screenPath: string, path: string): boolean =>
  path === screenPath || (screenPath !== '/' && path.startsWith(`${screenPath}/`))

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
  if (screens.length < 2) return null

  return (
    <nav aria-label={text.navigation} className={classes.nav}>
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
