import { Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import type { ebkhPull } from '#protocol/evidence/desk-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { INBOX } from '../paths.ts'
import { messages } from './messages.ts'

/** What a question to the hub brought; half an answer is called half. */
export function PullReport({ report }: { readonly report: Output<typeof ebkhPull> | null }) {
  const text = useText(messages).hub
  const format = useFormat()
  return (
    <>
      <div role="status">
        {report === null ? null : (
          <>
            <Text>{text.asked(format.number(report.pulled), format.number(report.known), format.number(report.refused))}</Text>
            {report.partial ? <Text>{text.half}</Text> : null}
            {report.reason === null ? null : (
              <Text size="sm" c="dimmed">
                {text.reason} <BidiText>{report.reason}</BidiText>
              </Text>
            )}
          </>
        )}
      </div>
      {report !== null && report.pulled > 0 ? (
        <Link href={INBOX} className={classes.external}>
          {text.toInbox}
        </Link>
      ) : null}
    </>
  )
}
