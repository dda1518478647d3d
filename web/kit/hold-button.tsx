import { Button, Stack, Text } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import classes from './hold-button.module.css'

/** How long it is held, ms: longer than any slip, short enough for shaking hands. */
const HOLD_MS = 1500
/** How far a finger may wander while it holds, px: gloves do not keep still, a swipe goes on. */
const WANDER_PX = 48

export interface HoldButtonProps {
  readonly label: string
  readonly icon: ReactNode
  /** Says how it is used, and stands under it. */
  readonly hint: string
  /** The words on it while it is held. */
  readonly holding: string
  /** The way for whoever cannot hold: a second button after a tap, with these words. */
  readonly without: string
  readonly disabled?: boolean
  readonly onHeld: () => void
}

const isPress = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter'

/** A button that is held before it does something, with finger, mouse or key: for what must not happen by a slip. */
export function HoldButton({ label, icon, hint, holding, without, disabled = false, onHeld }: HoldButtonProps) {
  const id = useId()
  const [held, hold] = useState(false)
  const [short, setShort] = useState(false)
  const from = useRef({ x: 0, y: 0 })
  // a press that was long enough also clicks when it ends
  const done = useRef(false)

  const act = useRef(onHeld)
  useEffect(() => {
    act.current = onHeld
  })
  useEffect(() => {
    if (!held) return
    const timer = setTimeout(() => {
      done.current = true
      hold(false)
      setShort(false)
      act.current()
    }, HOLD_MS)
    return () => clearTimeout(timer)
  }, [held])

  const begin = () => {
    done.current = false
    hold(true)
  }
  const end = () => hold(false)
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return
    from.current = { x: event.clientX, y: event.clientY }
    begin()
  }
  const move = ({ clientX, clientY }: PointerEvent) => {
    if (Math.hypot(clientX - from.current.x, clientY - from.current.y) > WANDER_PX) end()
  }
  const tapped = () => {
    if (!done.current) setShort(true)
    done.current = false
  }

  return (
    <Stack gap="xs">
      <button
        type="button"
        className={classes.button}
        data-held={held || undefined}
        disabled={disabled}
        aria-describedby={`${id}-hint`}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onPointerLeave={end}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (!isPress(event) || event.repeat) return
          event.preventDefault() // Enter would click at once
          begin()
        }}
        onKeyUp={(event) => {
          if (!isPress(event)) return
          event.preventDefault()
          end()
          tapped()
        }}
        onBlur={end}
        onClick={tapped}
      >
        <span className={classes.fill} style={held ? { transitionDuration: `${HOLD_MS}ms` } : {}} />
        <span className={classes.face}>
          {icon}
          <span>{held ? holding : label}</span>
        </span>
      </button>
      <Text size="sm" c="dimmed" id={`${id}-hint`}>
        {hint}
      </Text>
      <div role="status">
        {short && !disabled ? (
          <Button
            variant="outline"
            color="bad"
            fullWidth
            onClick={() => {
              setShort(false)
              act.current()
            }}
          >
            {without}
          </Button>
        ) : null}
      </div>
    </Stack>
  )
}
