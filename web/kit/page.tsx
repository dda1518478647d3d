import { Group, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { Link } from 'wouter'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'
import classes from './page.module.css'

export interface PageProps {
  readonly title: string
  /** One or two sentences that say what this page is for. */
  readonly intro?: ReactNode
  /** Buttons for the page as a whole. */
  readonly actions?: ReactNode
  /** Path of the page above this one. */
  readonly back?: string
  readonly children: ReactNode
}

/** The frame of every page: one heading that takes the focus after navigation, and a column that stays readable. */
export function Page({ title, intro, actions, back, children }: PageProps) {
  const text = useText(messages)
  useEffect(() => {
    document.title = `${title} · HearthNet`
  }, [title])

  return (
    <Stack gap="xl" className={classes.page}>
      <Stack gap="sm" component="header">
        {back ? (
          <Link href={back} className={classes.back}>
            <IconArrowLeft size={20} aria-hidden />
            {text.back}
          </Link>
        ) : null}
        <Group justify="space-between" align="flex-end" gap="md">
          <Title order={1} tabIndex={-1} data-page-title className={classes.title}>
            {title}
          </Title>
          {actions ? <Group gap="sm">{actions}</Group> : null}
        </Group>
        {intro ? (
          <Text c="dimmed" className={classes.intro}>
            {intro}
          </Text>
        ) : null}
      </Stack>
      {children}
    </Stack>
  )
}
