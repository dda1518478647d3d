import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconQrcode } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { ceremonyAccept, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import type { Place } from '#protocol/civdef/place-capabilities.ts'
import type { RoleKind } from '#protocol/civdef/role-kind.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { CodeToShow } from '../../../../kit/codes/code-to-show.tsx'
import { CodeToTake } from '../../../../kit/codes/code-to-take.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import { useCall } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { WALLET } from '../paths.ts'
import { Choice } from '../shared/choice.tsx'
import { messages as shared } from '../shared/messages.ts'
import { useMe } from '../shared/people.ts'
import { PlaceField } from '../shared/place-field.tsx'
import { rolesAt } from '../shared/role-kinds.ts'
import { messages } from './messages.ts'
import { Step } from './step.tsx'

export interface HolderSideProps {
  /** What was signed on this very device; null otherwise. */
  readonly answer: string | null
  /** Offered where this device is a root itself. */
  readonly onSignHere?: (request: string) => void
}

function AskForm({ onAsked }: { readonly onAsked: (text: string) => void }) {
  const text = useText(messages).ceremony
  const words = useText(shared)
  const { language } = useLanguage()
  const ask = useCall(ceremonyRequest)
  const [place, setPlace] = useState<Place | null>(null)
  const [kind, setKind] = useState<RoleKind | null>(null)
  const [called, setCalled] = useState('')
  const [missing, setMissing] = useState(false)
  const kinds = place ? rolesAt(place) : []
  const chosen = kind && kinds.includes(kind) ? kind : null

  const send = async () => {
    setMissing(chosen === null)
    const title = called.normalize('NFC').replace(/\s+/g, ' ').trim()
    if (!place || !chosen || title === '') return
    const role = `${place.region}.${chosen.path}`
    const made = await ask.run({ role, region: place.region, title, scopes: [...chosen.scopes] })
    if (made) onAsked(made.text)
  }
  return (
    <Stack gap="md">
      <PlaceField
        label={text.place}
        note={text.placeNote}
        levelLabel={text.level}
        value={place}
        onChange={(next) => {
          setPlace(next)
          setKind(null)
        }}
      />
      {place ? (
        <Choice
          legend={text.role}
          value={chosen?.path ?? null}
          onChange={(path) => {
            const next = kinds.find((one) => one.path === path)
            if (!next) return
            setKind(next)
            setMissing(false)
            setCalled(`${next.title[language]} ${place.name}`.slice(0, 80))
          }}
          error={missing ? text.roleMissing : null}
          options={kinds.map((one) => ({
            value: one.path,
            name: one.title[language],
            note: one.scopes.map((scope) => words.scopes[scope]).join(', '),
          }))}
        />
      ) : null}
      {chosen ? (
        <TextInput
          label={text.called}
          description={text.calledNote}
          value={called}
          onChange={(event) => setCalled(event.currentTarget.value)}
          maxLength={80}
          classNames={{ input: classes.input }}
          autoComplete="off"
        />
      ) : null}
      {ask.error ? <ErrorNotice error={ask.error} /> : null}
      <Button
        className={classes.big}
        leftSection={<IconQrcode size={24} aria-hidden />}
        disabled={!place}
        loading={ask.busy}
        onClick={send}
      >
        {text.show}
      </Button>
    </Stack>
  )
}

/** Who needs a certificate: asks, waits to be looked at, takes what was signed. */
export function HolderSide({ answer, onSignHere }: HolderSideProps) {
  const text = useText(messages).ceremony
  const me = useMe()
  const accept = useCall(ceremonyAccept)
  const [request, setRequest] = useState<string | null>(null)
  const [step, setStep] = useState<1 | 2 | 3>(1)
  const [isDone, setDone] = useState(false)

  const take = async (signed: string) => {
    if (await accept.run({ text: signed })) setDone(true)
  }
  const taking = useRef(take)
  useEffect(() => {
    taking.current = take
  })
  useEffect(() => {
    if (answer === null) return
    setStep(3)
    void taking.current(answer)
  }, [answer])

  return (
    <ol className={classes.steps}>
      <Step now={step === 1} name={text.holderSteps.ask}>
        {step === 1 ? (
          <AskForm
            onAsked={(asked) => {
              setRequest(asked)
              setStep(2)
            }}
          />
        ) : null}
      </Step>
      <Step now={step === 2} name={text.holderSteps.wait}>
        {step === 2 && request !== null ? (
          <Stack gap="md">
            <CodeToShow big text={request} />
            {me === null ? null : (
              <div>
                <Text size="sm" c="dimmed">
                  {text.fingerprint}
                </Text>
                <Text fw={700} size="lg" ff="monospace">
                  {displayNodeId(me)}
                </Text>
              </div>
            )}
            <Button className={classes.big} onClick={() => setStep(3)}>
              {text.toTake}
            </Button>
            {onSignHere ? (
              <div>
                <Button variant="default" className={classes.wide} onClick={() => onSignHere(request)}>
                  {text.onThis}
                </Button>
                <Text size="sm" c="dimmed" mt={4}>
                  {text.onThisNote}
                </Text>
              </div>
            ) : null}
            <Button variant="default" className={classes.wide} onClick={() => setStep(1)}>
              {text.again}
            </Button>
          </Stack>
        ) : null}
      </Step>
      <Step now={step === 3} name={text.holderSteps.take}>
        {isDone ? (
          <Stack gap="md">
            <StatusDot status="good">
              <strong role="status">{text.accepted}</strong>
            </StatusDot>
            <Button component={Link} href={WALLET} className={classes.big}>
              {text.toWallet}
            </Button>
          </Stack>
        ) : step === 3 ? (
          <Stack gap="md">
            {accept.error ? <ErrorNotice error={accept.error} /> : null}
            <CodeToTake big onText={take} busy={accept.busy} />
            <Button variant="default" className={classes.wide} onClick={() => setStep(request === null ? 1 : 2)}>
              {text.again}
            </Button>
          </Stack>
        ) : null}
      </Step>
    </ol>
  )
}
