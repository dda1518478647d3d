import { Button, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { NodeId } from '#protocol/core/ids.ts'
import { peerVerify } from '#protocol/lora/capabilities.ts'
import type { PeerRecord } from '#protocol/lora/records.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { QrScanner } from '../../../kit/qr-scanner.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall } from '../../../port/hooks.ts'
import { useSession } from '../../../shell/session.tsx'
import classes from '../lora.module.css'
import { messages } from './messages.ts'
import { nodeIdIn } from './node-id-in.ts'

interface ConfirmProps {
  readonly peer: PeerRecord
}

/** Member by member whose hash it is: the short id is read out by one and looked at by the other (ID-2, LOR-3). */
function Compare({ peer }: ConfirmProps) {
  const text = useText(messages).compare
  const verify = useCall(peerVerify)
  return (
    <Section title={text.title}>
      <Stack gap="md">
        {peer.candidates.map(({ node_id, display_name, short_id }) => {
          const name = visibleText(display_name)
          return (
            <Stack key={node_id} gap="sm" className={classes.candidate} align="flex-start">
              <Text>{text.intro(name)}</Text>
              <Text className={classes.id}>{short_id}</Text>
              <Button size="lg" loading={verify.busy} onClick={() => verify.run({ sender_hash: peer.sender_hash, node_id })}>
                {text.yes(name)}
              </Button>
            </Stack>
          )
        })}
        {verify.error ? <ErrorNotice error={verify.error} /> : null}
      </Stack>
    </Section>
  )
}

/** Any device, whether its member is known here or not: its code is scanned, or its full id pasted. */
function Scan({ peer }: ConfirmProps) {
  const text = useText(messages).scan
  const { identity } = useSession().node
  const verify = useCall(peerVerify)
  const [pasted, setPasted] = useState('')
  const [trouble, setTrouble] = useState<'noId' | 'mine' | null>(null)

  const confirm = (node_id: NodeId | null) => {
    setTrouble(null)
    if (node_id === null) setTrouble('noId')
    else if (node_id === identity?.node_id) setTrouble('mine')
    else void verify.run({ sender_hash: peer.sender_hash, node_id })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm(nodeIdIn(pasted))
  }
  return (
    <Section title={text.title} intro={text.intro}>
      <QrScanner onText={(scanned) => confirm(nodeIdIn(scanned))} />
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Textarea
            label={text.paste}
            description={text.pasteHint}
            value={pasted}
            onChange={(event) => {
              setTrouble(null)
              setPasted(event.currentTarget.value)
            }}
            error={trouble === null ? null : text[trouble]}
            autosize
            minRows={2}
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" variant="default" loading={verify.busy} style={{ alignSelf: 'flex-start' }}>
            {text.submit}
          </Button>
        </Stack>
      </form>
      {verify.error ? <ErrorNotice error={verify.error} /> : null}
    </Section>
  )
}

/** The two ways to say who a call sign belongs to. */
export function ConfirmPeer({ peer }: ConfirmProps) {
  return (
    <>
      {peer.candidates.length > 0 ? <Compare peer={peer} /> : null}
      <Scan peer={peer} />
    </>
  )
}
