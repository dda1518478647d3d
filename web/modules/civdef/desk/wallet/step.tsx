import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from '../desk.module.css'

/** One step of the ceremony; all three are always named, so that both people know where they are. */
export function Step({ now, name, children }: { readonly now: boolean; readonly name: string; readonly children: ReactNode }) {
  return (
    <li className={classes.step} data-now={now || undefined} {...(now ? { 'aria-current': 'step' as const } : {})}>
      <Stack gap="md" pt={6} miw={0}>
        <Text fw={now ? 700 : 400}>{name}</Text>
        {children}
      </Stack>
    </li>
  )
}
