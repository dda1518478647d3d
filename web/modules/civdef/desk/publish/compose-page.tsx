import { Button } from '@mantine/core'
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

/** What the form begins with: a kept draft, an alert to update, what this tab still had, or nothing. */
function beginning({ certificates, draft, replaced, drill }: Start): AlertForm {
  if (draft) return formOfDraft(draft, freshId)
  if (replaced?.alert) return formOfUpdate(replaced.alert, freshId)
  const kept = keptForm()
  if (kept && !drill && kept.replaces === null) return kept
  const empty = { ...emptyForm(freshId), drill }
  const [only] = certificates
  return only && certificates.length === 1 ? underCertificate(empty, only.certificate) : empty
}

/** Keeps the form in the tab at once, and as a draft of the node when nothing was typed for a moment. */
function useKept(form: AlertForm): string | null {
  const { run } = useCall(draftSave)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  useEffect(() => {
    keepForm(form)
    const draft = draftOf(form, Date.now())
    if (!draft) return
    const timer = setTimeout(async () => {
      if (await run({ draft, draft_id: form.draft_id })) setSavedAt(new Date().toISOString())
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [form, run])
  return savedAt
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
  const [form, setForm] = useState(() => beginning(start))
  const [checkedAt, setCheckedAt] = useState<number | null>(null)
  const discard = useCall(draftDiscard)
  const savedAt = useKept(form)
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
          keepForm(null)
          await discard.run({ draft_id: form.draft_id })
          navigate('alert' in next ? boardPath(next.alert) : requestPath(next.request))
        }}
      />
    )
  }
  return (
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
