import { Stack, Text } from '@mantine/core'
import type { ComponentType, ReactNode } from 'react'
import classes from './empty.module.css'

export interface EmptyProps {
  readonly icon: ComponentType<{ readonly size?: number | string }>
  /** What is not here yet, and why that is fine. */
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** Nothing here yet, said kindly, with the next step beside it. */
export function Empty({ icon: Icon, children, action }: EmptyProps) {
  return (
    <Stack align="center" gap="md" py="xl" px="md" ta="center">
      <span className={classes.icon} aria-hidden>
        <Icon size={32} />
      </span>
      <Text c="dimmed" maw="28rem">
        {children}
      </Text>
      {action}
    </Stack>
  )
}
