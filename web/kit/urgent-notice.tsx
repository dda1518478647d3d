import { Button, type ButtonProps } from '@mantine/core'
import { IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { type ComponentType, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { type AlarmState, startAlarm } from './alarm.ts'
import { useAlarmPreference } from './alarm-preference.ts'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'
import classes from './urgent-notice.module.css'

export interface UrgentNoticeProps {
  readonly title: string
  readonly icon: ComponentType<{ readonly size?: number | string }>
  /** `bad`: somebody is in danger. `warn`: this device is about to do something that others will act on. */
  readonly tone: 'bad' | 'warn'
  /** What it sounds for; another value sounds again. Null: it makes no sound. */
  readonly alarm: string | null
  /** Whether the device shakes with the sound. */
  readonly shakes?: boolean
  readonly children: ReactNode
  /** What the person can do, as `UrgentAction`s; it stays until one of these takes it away. */
  readonly actions: ReactNode
}

export interface UrgentActionProps extends Pick<ButtonProps, 'leftSection'> {
  readonly children: string
  readonly onClick: () => void
  /** The one that is pressed most; the others are quiet. */
  readonly first?: boolean
  /** Has the focus when the notice comes, for what must be quick; else the title has it, so that no key presses anything. */
  readonly focused?: boolean
}

/** A button of an urgent notice: for gloves and shaking hands. */
export function UrgentAction({ children, onClick, leftSection, first = false, focused = false }: UrgentActionProps) {
  return (
    <Button
      {...(first ? {} : { variant: 'default' })}
      leftSection={leftSection}
      onClick={onClick}
      style={{ minHeight: '4.5rem', fontSize: 'var(--mantine-font-size-lg)' }}
      {...(focused ? { 'data-autofocus': true } : {})}
    >
      {children}
    </Button>
  )
}

/** Whether it sounds, which the person can change at any time for what sounds now. */
function Sound({ alarm, shakes }: { readonly alarm: string; readonly shakes: boolean }) {
  const text = useText(messages).alarm
  const [wanted] = useAlarmPreference()
  const [state, setState] = useState<AlarmState>('silent')
  const [choice, choose] = useState<{ readonly alarm: string; readonly on: boolean } | null>(null)
  const on = choice?.alarm === alarm ? choice.on : wanted

  // biome-ignore lint/correctness/useExhaustiveDependencies: `alarm` is what it sounds for, and another one sounds anew
  useEffect(() => {
    if (!on) return
    const stop = startAlarm(setState, shakes)
    return () => {
      stop()
      setState('silent')
    }
  }, [on, alarm, shakes])

  return (
    <div className={classes.sound}>
      <Button
        variant="default"
        leftSection={on ? <IconVolumeOff size={22} aria-hidden /> : <IconVolume size={22} aria-hidden />}
        onClick={() => choose({ alarm, on: !on })}
      >
        {on ? text.silence : text.sound}
      </Button>
      <span role="status">{on && state === 'blocked' ? text.blocked : null}</span>
    </div>
  )
}

/** A key that was already down when the notice came presses nothing in it. */
function useFreshKeys() {
  const fresh = useRef(false)
  return {
    onKeyDownCapture: (event: KeyboardEvent) => {
      if (!event.repeat) fresh.current = true
      if (!fresh.current) event.preventDefault()
    },
    onKeyUpCapture: (event: KeyboardEvent) => {
      if (!fresh.current) event.preventDefault()
    },
  }
}

/**
 * Takes the whole screen, above everything, and stays until the person does something about it: for what cannot wait, whatever
 * they are doing. Everything behind it is out of reach meanwhile. For any module; the screen definition's `Notice` is its place.
 */
export function UrgentNotice({ title, icon: Icon, tone, alarm, shakes = true, children, actions }: UrgentNoticeProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    const first = dialog.current?.querySelector<HTMLElement>('[data-autofocus]') ?? heading.current
    first?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  // the tab says it too, for whoever is looking at another one
  useEffect(() => {
    const before = document.title
    document.title = `${title} · HearthNet`
    return () => {
      document.title = before
    }
  }, [title])

  const keys = useFreshKeys()
  // Escape is one key beside others: what is said here is not missed by a slip
  const stay = () => dialog.current?.showModal()

  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-body`}
      className={classes.notice}
      data-tone={tone}
      onCancel={(event) => event.preventDefault()}
      onClose={stay}
      {...keys}
    >
      <div className={classes.column}>
        <header className={classes.header}>
          <span className={classes.icon} aria-hidden="true">
            <Icon size={44} />
          </span>
          <h2 id={`${id}-title`} ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </h2>
        </header>
        <div id={`${id}-body`} className={classes.body}>
          {children}
        </div>
        {alarm === null ? null : <Sound alarm={alarm} shakes={shakes} />}
        <div className={classes.actions}>{actions}</div>
      </div>
    </dialog>
  )
}
