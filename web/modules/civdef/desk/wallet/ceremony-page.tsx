import { Stack } from '@mantine/core'
import { useState } from 'react'
import { walletGet } from '#protocol/civdef/desk-capabilities.ts'
import { rootList } from '#protocol/civdef/place-capabilities.ts'
import { useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { WALLET } from '../paths.ts'
import { Choice } from '../shared/choice.tsx'
import { DeskFrame } from '../shared/desk-frame.tsx'
import { useMe } from '../shared/people.ts'
import { mayIssue } from '../shared/role-kinds.ts'
import { HolderSide } from './holder-side.tsx'
import { IssuerSide } from './issuer-side.tsx'
import { messages } from './messages.ts'

/** The ceremony between two tablets: asked for here, signed there, taken back here, with no network in between (CIV-1). */
export function CeremonyPage() {
  const text = useText(messages).ceremony
  const me = useMe()
  const wallet = useQuery(walletGet, {})
  const roots = useQuery(rootList, {})
  const [side, setSide] = useState<'holder' | 'issuer' | null>(null)
  const [handed, setHanded] = useState<string | null>(null)
  const [answer, setAnswer] = useState<string | null>(null)
  const [issued, setIssued] = useState(0)

  return (
    <DeskFrame title={text.title} intro={text.intro} back={WALLET} query={wallet}>
      {({ own }) => (
        <QueryView query={roots}>
          {({ roots: all }) => {
            const mine = all.filter(({ root }) => root === me)
            return (
              <Stack gap="lg">
                <Choice
                  legend={text.side}
                  value={side}
                  onChange={setSide}
                  options={[
                    { value: 'holder', name: text.holder },
                    { value: 'issuer', name: text.issuer },
                  ]}
                  pairs
                />
                {/* both stay as they are while the person looks at the other: a ceremony is not begun twice by a slip */}
                <div hidden={side !== 'holder'}>
                  <HolderSide
                    answer={answer}
                    {...(mine.length > 0
                      ? {
                          onSignHere: (request: string) => {
                            setIssued((count) => count + 1)
                            setHanded(request)
                            setSide('issuer')
                          },
                        }
                      : {})}
                  />
                </div>
                <div hidden={side !== 'issuer'}>
                  <IssuerSide
                    key={issued}
                    handed={handed}
                    roots={mine}
                    issuers={own.filter(mayIssue)}
                    onAnother={() => {
                      setHanded(null)
                      setIssued((count) => count + 1)
                    }}
                    {...(handed === null
                      ? {}
                      : {
                          onSigned: (signed: string) => {
                            setAnswer(signed)
                            setSide('holder')
                          },
                        })}
                  />
                </div>
              </Stack>
            )
          }}
        </QueryView>
      )}
    </DeskFrame>
  )
}
