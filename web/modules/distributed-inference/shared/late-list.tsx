import { Text } from '@mantine/core'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'
import { useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'
import classes from './shared.module.css'
import { useNames } from './use-names.ts'

/** Who was late, how often, and who was quicker with the same, calmly: nobody failed (DLM-4). Nothing where nobody was. */
export function LateList({ stages }: { readonly stages: readonly Pick<StageStatus, 'layers' | 'late'>[] }) {
  const text = useText(messages)
  const names = useNames()
  const told = stages.flatMap(({ layers, late }) => late.map((each) => ({ ...each, at: layers.from })))
  if (told.length === 0) return null
  return (
    <ul className={classes.late}>
      {told.map(({ at, from, to, steps }) => (
        <Text component="li" size="sm" c="dimmed" key={`${at} ${from} ${to}`}>
          {text.late(names.sentence(from), steps, names.sentence(to))}
        </Text>
      ))}
    </ul>
  )
}
