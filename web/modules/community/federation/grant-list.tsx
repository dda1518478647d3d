import { Stack, Text } from '@mantine/core'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import classes from './federation.module.css'
import { offeredAs } from './grants.ts'
import { messages } from './messages.ts'

export interface GrantListProps {
  readonly title: string
  readonly grants: readonly FederationGrant[]
}

/** What one side lets the other do, in words; what there are none for is called by its name. */
export function GrantList({ title, grants }: GrantListProps) {
  const text = useText(messages)
  const format = useFormat()
  const words = (grant: FederationGrant): string => {
    const known = offeredAs(grant)
    const what = known ? text.grants[known] : text.grants.other(grant.capability)
    const bounds = [
      Object.keys(grant.params_constraints ?? {}).length > 0 ? text.onlyWith : null,
      text.rate(format.number(grant.calls_per_minute)),
    ].filter((bound) => bound !== null)
    return `${what} (${bounds.join(', ')})`
  }
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600} className={classes.words}>
        {visibleText(title)}
      </Text>
      {grants.length === 0 ? (
        <Text size="sm">{text.nothing}</Text>
      ) : (
        <ul className={classes.grants}>
          {grants.map((grant) => (
            <li key={grant.capability} className={classes.words}>
              {visibleText(words(grant))}
            </li>
          ))}
        </ul>
      )}
    </Stack>
  )
}
