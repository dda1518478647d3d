import { Button, Group, Text } from '@mantine/core'
import { IconId } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { ulid } from 'ulid'
import { Link, useLocation } from 'wouter'
import { alertGet } from '#protocol/civdef/capabilities.ts'
import { draftDiscard, draftList, draftSave, type KeptDraft, walletGet } from '#protocol/civdef/desk-capabilities.ts'
import type { AlertRecord, CertificateRecord } from '#protocol/civdef/records.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import { Empty } from '../../../../kit/empty.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import { useHashQuery } from '../../../../shell/hash-location.ts'
import classes from '../desk.module.css'
import { boardPath, DESK, requestPath, WALLET } from '../paths.ts'
import { DeskFrame, toPageTop } from '../shared/desk-frame.tsx'
import { mayPublish } from '../shared/role-kinds.ts'
import { CheckStep } from './check-step.tsx'
import { type AlertForm, draftOf, emptyForm, formOfDraft, formOfUpdate, underCertificate } from './form.ts'
import { keepForm, keptForm } from './keep.ts'
import { messages } from './messages.ts'
import { WriteStep } from './write-step.tsx'

/** How long nothing is typed before it is kept, ms. */
const REST_MS = 800

const freshId = () => parseUlid(ulid())

interface Start {
  readonly certificates: readonly CertificateRecord[]
  readonly draft: KeptDraft | null
  readonly replaced: AlertRecord | null
  readonly drill: boolean
}

interface Beginning {
  readonly form: AlertForm
  /** Whether this tab had it from before; the person may rather begin anew. */
  readonly isResumed: boolean
}

/** An empty form, under the one certificate where there is only one. */
function blank({ certificates, drill }: Start): AlertForm {
  const empty = { ...emptyForm(freshId), drill }
  const [only] = certificates
  return only && certificates.length === 1 ? underCertificate(empty, only.certificate) : empty
}

/** What the form begins with: a kept draft, an alert to update, what this tab still had, or nothing. */
function beginning(start: Start): Beginning {
  const { draft, replaced, drill } = start
  if (draft) return { form: formOfDraft(draft, freshId), isResumed: false }
  if (replaced?.alert) return { form: formOfUpdate(replaced.alert, freshId), isResumed: false }
  const kept = drill ? null : keptForm()
  return kept ? { form: kept, isResumed: true } : { form: blank(start), isResumed: false }
}

/**
 * Keeps the form as a draft of the node when nothing was typed for a moment; in the tab at once, unless it has a draft or an
 * alert to begin from again. @returns when the node kept it last
 */
function useKept(form: AlertForm, inTab: boolean): string | null {
  const { run } = useCall(draftSave)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  useEffect(() => {
    if (inTab) keepForm(form)
    const draft = draftOf(form, Date.now())
    if (!draft) return
    const timer = setTimeout(async () => {
      if (await run({ draft, draft_id: form.draft_id })) setSavedAt(new Date().toISOString())
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [form, inTab, run])
  return savedAt
}

/** Says that it goes on with what was begun, and lets the person begin anew; what was begun stays among the drafts. */
function Resumed({ onAnew }: { readonly onAnew: () => void }) {
  const text = useText(messages)
  return (
    <Group gap="sm" role="note" mb="lg">
      <Text fw={600}>{text.resumed}</Text>
      <Button variant="default" className={classes.wide} onClick={onAnew}>
        {text.anew}
      </Button>
    </Group>
  )
}

function NoCertificate() {
  const text = useText(messages)
  return (
    <Empty
      icon={IconId}
      action={
        <Button component={Link} href={WALLET} className={classes.big}>
          {text.toWallet}
        </Button>
      }
    >
      {text.noCertificate}
    </Empty>
  )
}

function Composer(start: Start) {
  const [, navigate] = useLocation()
  const [begun] = useState(() => beginning(start))
  const [isResumed, setResumed] = useState(begun.isResumed)
  const [form, setForm] = useState(begun.form)
  const inTab = start.draft === null && start.replaced === null
  const [checkedAt, setCheckedAt] = useState<number | null>(null)
  const discard = useCall(draftDiscard)
  const savedAt = useKept(form, inTab)
  const draft = useMemo(() => (checkedAt === null ? null : draftOf(form, checkedAt)), [form, checkedAt])
  const certificate = start.certificates.find((one) => one.certificate.cert_id === form.cert_id)?.certificate

  if (draft && certificate) {
    return (
      <CheckStep
        draft={draft}
        certificate={certificate}
        onBack={() => {
          setCheckedAt(null)
          toPageTop()
        }}
        onSent={async (next) => {
          if (inTab) keepForm(null)
          await discard.run({ draft_id: form.draft_id })
          navigate('alert' in next ? boardPath(next.alert) : requestPath(next.request))
        }}
      />
    )
  }
  return (
    <>
      {isResumed ? (
        <Resumed
          onAnew={() => {
            setResumed(false)
            setForm(blank(start))
          }}
        />
      ) : null}
      <WriteStep
        form={form}
        certificates={start.certificates}
        savedAt={savedAt}
        onChange={setForm}
        onCheck={() => {
          setCheckedAt(Date.now())
          toPageTop()
        }}
      />
    </>
  )
}

type Rest = Omit<Start, 'draft' | 'replaced'>

function FromDraft({ id, ...rest }: Rest & { readonly id: string }) {
  const query = useQuery(draftList, {})
  return (
    <QueryView query={query}>
      {({ drafts }) => <Composer {...rest} draft={drafts.find(({ draft_id }) => draft_id === id) ?? null} replaced={null} />}
    </QueryView>
  )
}

function FromAlert({ id, ...rest }: Rest & { readonly id: string }) {
  const query = useQuery(alertGet, { key: id })
  return <QueryView query={query}>{({ record }) => <Composer {...rest} draft={null} replaced={record} />}</QueryView>
}

/** Writes an alert, shows it as people will see it, and sends it. */
export function ComposePage() {
  const text = useText(messages)
  const asked = new URLSearchParams(useHashQuery())
  const [replaces, draft, drill] = [asked.get('replaces'), asked.get('draft'), asked.get('drill') !== null]
  const wallet = useQuery(walletGet, {})
  return (
    <DeskFrame title={replaces === null ? text.title : text.updateTitle} intro={text.intro} back={DESK} query={wallet}>
      {({ own }) => {
        const certificates = own.filter(mayPublish)
        const rest = { certificates, drill }
        if (certificates.length === 0) return <NoCertificate />
        if (draft !== null) return <FromDraft key={draft} id={draft} {...rest} />
        if (replaces !== null) return <FromAlert key={replaces} id={replaces} {...rest} />
        return <Composer draft={null} replaced={null} {...rest} />
      }}
    </DeskFrame>
  )
}
