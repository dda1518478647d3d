import { Text } from '@mantine/core'
import { IconAlertOctagonFilled } from '@tabler/icons-react'
import { useLocation } from 'wouter'
import { alertGet } from '#protocol/civdef/capabilities.ts'
import { type Notice, noticeList } from '#protocol/civdef/notice-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useLanguage, useText } from '../../../kit/i18n.tsx'
import { UrgentAction, UrgentNotice } from '../../../kit/urgent-notice.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useQuery } from '../../../port/hooks.ts'
import { InstructionList } from '../alert/instruction-list.tsx'
import { alertPath } from '../paths.ts'
import { toldOf, wordsIn } from '../told.ts'
import { messages } from './messages.ts'
import { noticeTitle } from './notification.ts'
import { markRead, useRead } from './read.ts'
import { unread, urgent } from './unread.ts'
import { useDelivery } from './use-delivery.ts'

function FullScreen({ notice, more }: { readonly notice: Notice; readonly more: number }) {
  const text = useText(messages).notice
  const format = useFormat()
  const { language } = useLanguage()
  const [, navigate] = useLocation()
  const found = useQuery(alertGet, { key: notice.key })
  const words = wordsIn([notice, ...notice.variants], language)
  const told = found.status === 'ready' ? toldOf(found.data.record) : null
  const instructions = told ? wordsIn(told.words, language).instructions : []
  const seen = () => markRead([notice.revision])
  return (
    <UrgentNotice
      title={noticeTitle(notice, language)}
      icon={IconAlertOctagonFilled}
      tone="bad"
      alarm={notice.sound ? notice.revision : null}
      shakes={notice.vibration}
      actions={
        <>
          <UrgentAction
            first
            onClick={() => {
              seen()
              navigate(alertPath(notice.key))
            }}
          >
            {text.open}
          </UrgentAction>
          <UrgentAction onClick={seen}>{text.read}</UrgentAction>
        </>
      }
    >
      {instructions.length > 0 ? (
        <div lang={words.language}>
          <Text fw={700}>{text.todo}</Text>
          <InstructionList lines={instructions} />
        </div>
      ) : null}
      <Text style={{ whiteSpace: 'pre-wrap' }} lang={words.language}>
        <BidiText>{words.body}</BidiText>
      </Text>
      <Text>
        {text.from(visibleText(notice.from))}
        {told ? ` · ${text.until(format.dateTime(told.until))}` : null}
      </Text>
      <Text>{text.sirens}</Text>
      {more > 0 ? <Text fw={700}>{text.more(more)}</Text> : null}
    </UrgentNotice>
  )
}

/** Extreme danger takes the screen, whatever is open; everything else is handed to the browser from here too (CIV-8). */
export function AlertNotice() {
  const query = useQuery(noticeList, {})
  const read = useRead()
  const standing = query.status === 'ready' ? query.data : null
  useDelivery(standing)
  const [first, ...rest] = standing ? urgent(unread(standing.notices, read)) : []
  return first ? <FullScreen key={first.revision} notice={first} more={rest.length} /> : null
}
