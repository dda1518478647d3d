import { Button, Group } from '@mantine/core'
import { Link } from 'wouter'
import { useText } from '../kit/i18n.tsx'
import { Page } from '../kit/page.tsx'
import { messages } from './messages.ts'

/** No such page, or one that this device does not offer. */
export function NotFound() {
  const text = useText(messages).notFound
  return (
    <Page title={text.title} intro={text.intro}>
      <Group gap="sm">
        <Button component={Link} href="/">
          {text.toHome}
        </Button>
        <Button component={Link} href="/settings" variant="default">
          {text.toSettings}
        </Button>
      </Group>
    </Page>
  )
}
