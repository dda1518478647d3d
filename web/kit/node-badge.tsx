import { Badge, Group, Stack, Text } from '@mantine/core'
import type { TrustLevel } from '#protocol/core/capability.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { BidiText } from './bidi-text.tsx'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'
import classes from './node-badge.module.css'

export interface NodeBadgeProps {
  readonly nodeId: NodeId
  /** Null for a peer who is no member. */
  readonly name: string | null
  readonly level?: TrustLevel
}

/** Who this is: the name they chose, and the short id that tells two of the same name apart (ID-2). */
export function NodeBadge({ nodeId, name, level }: NodeBadgeProps) {
  const text = useText(messages)
  return (
    <Group gap="sm" wrap="nowrap" className={classes.root}>
      <span className={classes.face} aria-hidden="true">
        {name ? [...name.trim()][0]?.toLocaleUpperCase() : '?'}
      </span>
      <Stack gap={0} className={classes.words}>
        <Group gap="xs">
          <Text fw={600} className={classes.name}>
            {name ? <BidiText>{name}</BidiText> : text.unnamed}
          </Text>
          {level ? <Badge>{text.levels[level]}</Badge> : null}
        </Group>
        <Text size="sm" c="dimmed" ff="monospace">
          {displayNodeId(nodeId)}
        </Text>
      </Stack>
    </Group>
  )
}
